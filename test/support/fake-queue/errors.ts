import { QueueError } from "../../../src/errors.js";

/** A queue that does not answer, or asks for patience. */
export function unavailable(code = "queue_unreachable"): QueueError {
  return new QueueError("unavailable", code, "SQS does not answer");
}

/** A queue that says no, and will do so again. */
export function denied(code = "queue_access_denied"): QueueError {
  return new QueueError("failed", code, "SQS said no");
}

/** The caller's own signal ended the call. */
export function cutOff(): QueueError {
  return new QueueError("failed", "aborted", "the call was cut off");
}

/** The caller hears at once that its call was cut off, whatever the queue does meanwhile. */
export function unlessCutOff<Answer>(
  work: Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cutOff());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
