import type { Message } from "../message.js";
import type { Reject } from "../reject.js";
import type { Row } from "../row.js";

/** At least one row; all of them are loaded, or none is. */
export type Outcome =
  | {
      readonly rows: readonly Row[];
      /** What the decoded payload or the rows take, where that is more than the body that was received. */
      readonly bytes?: number;
    }
  | { readonly reject: Reject };

/**
 * Turns a message into its rows or a reject; it never throws for what a message holds. `payload`: the object that its
 * body points to.
 */
export type Transform = (message: Message, payload?: string) => Outcome;
