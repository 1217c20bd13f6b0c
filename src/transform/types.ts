import type { Message } from "../message.js";
import type { Reject } from "../reject.js";
import type { Row } from "../row.js";

export type Outcome = { readonly row: Row } | { readonly reject: Reject };

/** Turns a message into a row or a reject; it never throws for what a message holds. */
export type Transform = (message: Message) => Outcome;
