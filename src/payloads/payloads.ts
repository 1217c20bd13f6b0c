import type { Reject } from "../reject.js";
import type { S3Pointer } from "../transform/body/pointer.js";

/** A payload from outside of its message, or why there will never be one. */
export type Payload =
  | { readonly text: string /** Of the object. */; readonly bytes: number }
  | { readonly reject: Reject };

/** Where the payloads are that were too large for the queue. */
export interface Payloads {
  /** Throws `PayloadError` and `UsageError`; `unavailable` where the same may succeed later. */
  fetch(pointer: S3Pointer, signal?: AbortSignal): Promise<Payload>;
  /** Frees the sockets. */
  close(): void;
}
