import type { Reject } from "../reject.js";
import type { Row } from "../row.js";
import type { Held } from "./hand.js";

/** Where transformed messages go: into the database, or, in a dry run, back to the queue. */
export interface Sink {
  row(held: Held, row: Row): void;
  reject(held: Held, reject: Reject): void;
  /** No more is coming for the moment: what waits for company goes ahead. */
  flush(): void;
  /** Resolves when everything that was given has its outcome and is deleted where it should be. */
  finish(): Promise<void>;
}
