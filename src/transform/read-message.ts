import type { Message } from "../message.js";
import type { JsonObject } from "./paths.js";

/** A message with what its body was found to hold, around one of its records. */
export interface ReadMessage extends Message {
  /** The record as the body has it, also for an element of an array in it. */
  readonly root: JsonObject;
  /** The fields of SNS and of EventBridge around it; empty without them. */
  readonly envelope: JsonObject;
}
