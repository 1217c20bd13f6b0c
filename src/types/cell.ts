import type { Value, Warning } from "../row.js";

/** Why a value cannot go into its column; it becomes the message's reject. */
export interface Fault {
  readonly fault: string;
  readonly reason: string;
}

/** The value could not be expressed: NULL is loaded in its place, and the report counts a warning. */
interface Noted {
  readonly note: Warning["code"];
}

/** What became of one value of one message. Faults are made once, when the pipeline is compiled: they hold no value. */
export type Cell = Value | Fault | Noted;

/** Looks at a value that is neither null nor undefined and brings it into the form that its column takes. */
export type Check = (value: unknown) => Cell;
