/** A value in the form in which it goes to PostgreSQL. */
export type Value = string | number | boolean | null;

/** Something noted about a column of a message that was loaded all the same. */
export interface Warning {
  readonly column: string;
  readonly code: "not_convertible";
}

/** What is loaded: one value a column of the pipeline, in its order, masked and converted. */
export interface Row {
  readonly values: readonly Value[];
  /** Absent when there is nothing to note, which is nearly always. */
  readonly warnings?: readonly Warning[];
}
