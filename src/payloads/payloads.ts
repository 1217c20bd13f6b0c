import type { Reject } from "../reject.js";
import type { S3Pointer } from "../transform/body/pointer.js";

/** A payload from outside of its message, or why there will never be one. */
export type Payload =
  | { readonly text: string /** Of the object. */; readonly bytes: number }
  | { readonly reject: Reject };

/**
 * Asks whether so many bytes may be read into memory, and waits for room; false: there will be none. Asked again, it is in
 * place of what was given before, which 0 gives back.
 */
export type Reserve = (bytes: number) => Promise<boolean>;

/** Where the payloads are that were too large for the queue. */
export interface Payloads {
  /**
   * Nothing of a payload is read before `reserve`, where it is given, has given as much as it takes; undefined: it did not.
   * Throws `PayloadError` and `UsageError`; `unavailable` where the same may succeed later.
   */
  fetch(pointer: S3Pointer, signal?: AbortSignal, reserve?: Reserve): Promise<Payload | undefined>;
  /** Frees the sockets. */
  close(): void;
}
