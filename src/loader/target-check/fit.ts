/**
 * How values of a type go into a column of another one:
 *
 * - `fits`: all of them, and none is changed
 * - `narrow`: some are refused
 * - `changed`: some are rounded, cut or lose a part without a word
 * - `zone`: some mean another moment, unless the session's time zone is UTC
 * - `mismatch`: none; the statement itself is refused
 */
export type Fit = "fits" | "narrow" | "changed" | "zone" | "mismatch";
