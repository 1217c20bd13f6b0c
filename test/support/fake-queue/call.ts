export type QueueMethod = "receive" | "delete" | "extend" | "attributes";

/** One call, as it arrived. */
export interface QueueCall {
  readonly method: QueueMethod;
  readonly atMs: number;
  /** Of the batch calls: the message of each entry. */
  readonly messageIds: readonly string[];
  readonly visibilitySeconds: readonly number[];
}

/** So many messages may be held at once; then a receive is refused, or brings nothing. */
export interface InFlightCap {
  readonly most: number;
  readonly answer: "empty" | "refused";
}
