import type { CallContext } from "../../aws/description.js";
import { QueueError } from "../../errors.js";
import { UNREADABLE } from "./error-table.js";

/** The error for an answer with HTTP 200 that is not what SQS answers. */
export function unreadable(context: CallContext): QueueError {
  return new QueueError("failed", UNREADABLE.code, UNREADABLE.message(context));
}
