import type { VaultEntry } from "./masking/token.js";

/** A value as a row of the table has it. */
export type PlainValue = string | number | boolean | null;

/** A value in the form in which it goes to the loader; a vault entry stands for the token that the vault gives. */
export type Value = PlainValue | VaultEntry;

/** A value where there is no database: the vault alone knows the token of what it has. */
export function shownValue(value: Value): PlainValue {
  return typeof value === "object" && value !== null ? "(token)" : value;
}

/** Something noted about a column of a message that was loaded all the same. */
export interface Warning {
  readonly column: string;
  /** `not_convertible`, or what the value would have been rejected with: NULL is loaded in its place. */
  readonly code: string;
}

/** What is loaded: one value a column of its pipeline, in its order, masked and converted. */
export interface Row {
  /** The place of its pipeline among those of the run. */
  readonly target: number;
  readonly values: readonly Value[];
  /** Absent when there is nothing to note, which is nearly always. */
  readonly warnings?: readonly Warning[];
}

/** Everything noted about the rows of a message. */
export function warningsOf(rows: readonly Row[]): readonly Warning[] {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return only.warnings ?? [];
  return rows.flatMap(({ warnings = [] }) => warnings);
}
