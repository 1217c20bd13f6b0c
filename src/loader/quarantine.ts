import type { Reject } from "../reject.js";
import type { TargetStore } from "./store.js";

/** Which sealed rejects are meant. */
export interface SealedFilter {
  /** The queue's name. */
  readonly queue: string;
  /** The reject's code; undefined: any. */
  readonly code: string | undefined;
}

export interface SealedPage extends SealedFilter {
  /** Those after this message id: the last one of the page before. */
  readonly afterId: string | undefined;
  readonly maxRejects: number;
  /** Of what is sealed; a single one may be larger. */
  readonly maxBytes: number;
}

/** A quarantined reject: the only copy of its message. */
export interface SealedReject {
  /** A UUID, lower case. */
  readonly messageId: string;
  readonly sealed: Buffer;
}

/** Why a sealed reject does not fit this time either. */
export interface RenewedReject extends Reject {
  readonly messageId: string;
  readonly runId: string;
}

/**
 * The port of a replay: as for `Store`, every method is one attempt at one statement and throws `StoreError`. `load`
 * takes messages out of the quarantine in the transaction that loads their rows; one that is not sealed any more, or
 * is in the ledger, counts as a duplicate.
 */
export interface Quarantine
  extends Pick<TargetStore, "check" | "claimKeys" | "load" | "startRun" | "finishRun" | "close"> {
  /** In the order of their message ids. */
  page(page: SealedPage): Promise<SealedReject[]>;
  count(filter: SealedFilter): Promise<number>;
  /** What was said about them is replaced; they stay sealed. */
  renew(rejects: readonly RenewedReject[]): Promise<void>;
}
