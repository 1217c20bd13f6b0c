import { DatabaseError } from "../errors.js";
import { type RetryOptions, retrying } from "../loader/retry.js";
import { StoreError } from "../loader/store.js";
import { unlessStopped } from "../unless-stopped.js";

/** What the parts of a rewrap share. */
export interface RewrapWork extends RetryOptions {
  /** Rows in one statement. */
  readonly batchSize: number;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** Aborted: what is in hand is finished, and the rest is left for another time. */
  readonly stop: AbortSignal;
  /** The part of a table's way that is gone, from 0 to 1. */
  readonly onProgress: (gone: number) => void;
}

/** Reading changes nothing: a stop does not wait for it. Throws `DatabaseError` and `InterruptedError`. */
export function reading<T>(work: RewrapWork, action: () => Promise<T>): Promise<T> {
  return unlessStopped(retrying(action, { ...work, signal: work.stop }), work.stop);
}

/** The code of a row that the database refuses for its data; undefined for every other error. */
export function refusalCode(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError && error.cause instanceof StoreError)) return undefined;
  return error.cause.class === "data" ? `sqlstate_${error.sqlState}` : undefined;
}
