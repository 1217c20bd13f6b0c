import type { Quarantine, RenewedReject, SealedReject } from "../../../src/loader/quarantine.js";
import { type RunEnd, StoreError } from "../../../src/loader/store.js";
import { type Fault, fakeStore } from "../loader/fake-store.js";

export interface FakeQuarantineOptions {
  /** What is sealed: ids in their order. */
  readonly ids: readonly string[];
  /** Ids whose rows the database refuses. */
  readonly bad?: ReadonlySet<string>;
  /** Ids that the ledger knows already. */
  readonly loaded?: readonly string[];
  /** Of the n-th attempt to load. */
  readonly faults?: readonly Fault[];
  /** Called before each call of the other methods; it may throw or wait. */
  readonly before?: (method: "page" | "count" | "renew" | "finishRun") => Promise<void> | void;
}

export interface FakeQuarantine extends Quarantine {
  /** Of ids: what is sealed still. */
  readonly sealed: Set<string>;
  /** Message id to stamp: what is committed. */
  readonly ledger: Map<string, string>;
  readonly attempts: { readonly size: number; readonly isRetry: boolean }[];
  readonly renewed: RenewedReject[];
  readonly runs: RunEnd[];
  readonly pages: number[];
}

/** A database with a quarantine in memory: what a load commits is sealed no more, as the real statement has it. */
export function fakeQuarantine(options: FakeQuarantineOptions): FakeQuarantine {
  const { before = () => {}, ids, bad, loaded, faults } = options;
  const store = fakeStore({
    ...(bad === undefined ? {} : { bad }),
    ...(loaded === undefined ? {} : { loaded }),
    ...(faults === undefined ? {} : { faults }),
  });
  const sealed = new Set(ids);
  const renewed: RenewedReject[] = [];
  const runs: RunEnd[] = [];
  const pages: number[] = [];
  return {
    sealed,
    renewed,
    runs,
    pages,
    ledger: store.ledger,
    attempts: store.attempts,
    check: async () => {},
    claimKeys: async () => {},
    load: async (batch, attempt) => {
      try {
        return await store.load(batch, attempt);
      } finally {
        for (const { messageId } of batch.messages) if (store.ledger.has(messageId)) sealed.delete(messageId);
      }
    },
    startRun: async () => {},
    finishRun: async (run) => {
      await before("finishRun");
      runs.push(run);
    },
    close: async () => {},
    page: async ({ afterId = "", maxRejects }) => {
      await before("page");
      const found = [...sealed].filter((id) => id > afterId).sort();
      const page = found.slice(0, maxRejects).map(
        (messageId): SealedReject => ({
          messageId,
          sealed: Buffer.from(messageId),
        }),
      );
      pages.push(page.length);
      return page;
    },
    count: async () => {
      await before("count");
      return sealed.size;
    },
    renew: async (rejects) => {
      await before("renew");
      renewed.push(...rejects);
    },
  };
}

export function lost(): StoreError {
  return new StoreError("transient", "connection lost", { outcomeUnknown: true });
}

export function fatal(): StoreError {
  return new StoreError("fatal", "no such table", { sqlState: "42P01" });
}
