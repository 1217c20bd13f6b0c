import { type Clock, sleep } from "../../src/clock.js";
import {
  type LoadRow,
  type RejectRecord,
  type RunEnd,
  type RunStart,
  type Store,
  StoreError,
} from "../../src/loader/store.js";

export type StoreMethod = "load" | "saveRejects" | "startRun" | "finishRun" | "prune";

/** How often the database fails, each between 0 and 1. */
export interface StoreChances {
  /** A statement is refused, and would go through later. */
  readonly refused: number;
  /** The connection breaks before the commit. */
  readonly lostBefore: number;
  /** The connection breaks after the commit. */
  readonly lostAfter: number;
}

export interface FakeStoreOptions {
  readonly clock: Clock;
  readonly chances?: Partial<StoreChances>;
  /** Each statement takes up to this long. */
  readonly latencyMs?: number;
  /** Rows that a constraint does not allow. */
  readonly isBad?: (row: LoadRow) => boolean;
}

/** A database in memory with a ledger: what is committed stays, and a statement is carried out as a whole or not at all. */
export interface FakeStore extends Store {
  /** Decides about the next statements before they are carried out. */
  fault: ((method: StoreMethod) => StoreError | undefined) | undefined;
  /** May be changed at any time. */
  chances: Partial<StoreChances>;
  readonly calls: readonly { readonly method: StoreMethod; readonly atMs: number }[];
  /** Message id to the run and the stamp that it was loaded with. */
  readonly ledger: ReadonlyMap<string, { readonly runId: string; readonly stamp: string }>;
  /** The target table: in order, with whatever was inserted twice. */
  readonly rows: readonly LoadRow[];
  readonly rejects: ReadonlyMap<string, RejectRecord>;
  readonly runs: readonly (RunStart | RunEnd)[];
}

export function transient(): StoreError {
  return new StoreError("transient", "the database does not answer", { code: "database_unreachable" });
}

export function fatal(): StoreError {
  return new StoreError("fatal", "the table does not exist", { sqlState: "42P01" });
}

export function createFakeStore({ clock, latencyMs = 0, isBad, chances = {} }: FakeStoreOptions): FakeStore {
  const ledger = new Map<string, { runId: string; stamp: string }>();
  const rows: LoadRow[] = [];
  const rejects = new Map<string, RejectRecord>();
  const runs: (RunStart | RunEnd)[] = [];
  const calls: { method: StoreMethod; atMs: number }[] = [];

  const happens = (event: keyof StoreChances): boolean => {
    const chance = store.chances[event] ?? 0;
    return chance > 0 && clock.random() < chance;
  };

  /** One statement in its own transaction: `commit` either throws or does all of its work. */
  const statement = async <Answer>(method: StoreMethod, commit: () => Answer): Promise<Answer> => {
    calls.push({ method, atMs: clock.now() });
    if (latencyMs > 0) await sleep(clock, clock.random() * latencyMs);
    const error = store.fault?.(method) ?? (happens("refused") ? transient() : undefined);
    if (error !== undefined) throw error;
    if (happens("lostBefore")) throw lost();
    const answer = commit();
    if (happens("lostAfter")) throw lost();
    return answer;
  };

  const store: FakeStore = {
    chances,
    fault: undefined,
    calls,
    ledger,
    rows,
    rejects,
    runs,
    check: () => Promise.resolve(),
    load: (batch, { isRetry }) =>
      statement("load", () => {
        const fresh = batch.rows.filter(({ messageId }) => !ledger.has(messageId));
        if (isBad !== undefined && fresh.some(isBad)) {
          throw new StoreError("data", "a constraint does not allow it", {
            sqlState: "23514",
            constraint: "good_rows",
          });
        }
        for (const row of fresh) ledger.set(row.messageId, { runId: batch.runId, stamp: batch.stamp });
        rows.push(...fresh);
        const own = batch.rows.filter(({ messageId }) => {
          const entry = ledger.get(messageId);
          return entry?.runId === batch.runId && entry.stamp === batch.stamp;
        });
        const loaded = isRetry ? own.length : fresh.length;
        return { loaded, duplicates: batch.rows.length - loaded };
      }),
    saveRejects: (records) =>
      statement("saveRejects", () => {
        for (const record of records) rejects.set(record.messageId, record);
      }),
    startRun: (run) => statement("startRun", () => void runs.push(run)),
    finishRun: (run) => statement("finishRun", () => void runs.push(run)),
    prune: () => statement("prune", () => 0),
    close: () => Promise.resolve(),
  };
  return store;
}

function lost(): StoreError {
  return new StoreError("transient", "the connection broke", {
    code: "connection_lost",
    outcomeUnknown: true,
  });
}
