/** How often SQS does what it may do, each between 0 and 1. */
export interface QueueChances {
  /** A receive brings fewer messages than there are. */
  readonly partialPage: number;
  /** A receive brings nothing although there are messages. */
  readonly falseEmpty: number;
  /** A receive brings messages in no order. */
  readonly disorder: number;
  /** A receive brings, beside others, a message that somebody holds, and then another one, and so on. */
  readonly redelivery: number;
  /** An entry of a batch call fails for no fault of the sender. */
  readonly failedEntry: number;
  /** An entry of a batch call fails, and the sender is said to be at fault. */
  readonly refusedEntry: number;
  /** A delete is confirmed, and the message comes back once more. */
  readonly undeleted: number;
  /** A call is not carried out. */
  readonly unavailable: number;
  /** A call is carried out, and its answer is lost. */
  readonly lostAnswer: number;
  /** A poll that its caller has cut off goes on, and hands messages out to nobody. */
  readonly deafPoll: number;
}

/** What becomes of a batch entry with a handle that a newer delivery has replaced: all of it occurs. */
export type StaleHandles = "ignored" | "refused" | "honoured" | "mixed";
