/** What a stream must tell for us to know what to draw on it. */
interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What can be drawn on a stream. */
export interface Terminal {
  readonly isTty: boolean;
  /** A line can be drawn over itself: a terminal that is not a dumb one and knows how wide it is. */
  readonly animated: boolean;
  /** Width in character cells: see `columnsOf`. */
  readonly columns: number;
  readonly color: boolean;
  /** Characters beyond ASCII arrive as they are meant. */
  readonly unicode: boolean;
}

interface TerminalOptions {
  readonly stream: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color` was given. */
  readonly noColorFlag: boolean;
  readonly platform?: NodeJS.Platform;
}

/** How progress is drawn on a terminal: see `createProgress`. */
export type ProgressMode = "spinner" | "lines" | "silent";

const DEFAULT_COLUMNS = 80;
/** Narrower than this, nothing can be laid out. */
const NARROWEST_ASKED = 20;

/**
 * The width of a stream right now, in character cells: a terminal's changes with its window, and is 80 where it is not
 * known. What is no terminal has no width: infinite, so that `less -S` and `grep` get whole lines and values. `COLUMNS`
 * in the environment limits it there.
 */
export function columnsOf(stream: TerminalStream, env: TerminalOptions["env"] = {}): number {
  if (stream.isTTY === true && stream.columns !== undefined && stream.columns > 0) return stream.columns;
  const asked = env["COLUMNS"] ?? "";
  if (/^[1-9]\d{0,5}$/.test(asked)) return Math.max(NARROWEST_ASKED, Number(asked));
  return stream.isTTY === true ? DEFAULT_COLUMNS : Number.POSITIVE_INFINITY;
}

/**
 * Finds out what can be drawn. Colour is off with `--no-color`, `NO_COLOR` (any value but the empty one, see
 * https://no-color.org), `TERM=dumb` and where nobody looks; `FORCE_COLOR` beats the last two.
 */
export function terminalFor({ stream, env, noColorFlag, platform }: TerminalOptions): Terminal {
  const isTty = stream.isTTY === true;
  const dumb = env["TERM"] === "dumb";
  return {
    isTty,
    // Ora divides by the width: with none, such as in `script` under cron, it would clear lines without end.
    animated: isTty && !dumb && stream.columns !== 0,
    columns: columnsOf(stream, env),
    color: !noColorFlag && wantsColor(env, isTty && !dumb),
    unicode: (platform ?? process.platform) === "win32" || hasUtf8Locale(env),
  };
}

/** Spinner where a line can be drawn over itself, plain lines elsewhere, nothing with `--quiet`. */
export function progressModeFor(terminal: Terminal, quiet: boolean): ProgressMode {
  if (quiet) return "silent";
  return terminal.animated ? "spinner" : "lines";
}

function wantsColor(env: TerminalOptions["env"], byDefault: boolean): boolean {
  if (isSet(env["NO_COLOR"])) return false;
  const forced = env["FORCE_COLOR"];
  if (forced === undefined) return byDefault;
  return forced !== "0" && forced !== "false";
}

/** POSIX: LC_ALL beats LC_CTYPE beats LANG, and an empty value counts as none (Base Definitions, section 8.2). */
function hasUtf8Locale(env: TerminalOptions["env"]): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet);
  return locale !== undefined && /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
