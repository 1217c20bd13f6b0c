import { type Clock, sleep } from "../../src/clock.js";
import {
  type LoadMessage,
  type RejectRecord,
  type RunEnd,
  type RunStart,
  type Store,
  StoreError,
} from "../../src/loader/store.js";

export type StoreMethod = "load" | "saveRejects" | "startRun" | "finishRun" | "prune";

/** How often the database fails, each between 0 and 1. */
export interface StoreChances {
  /** A statement is refused, and would go through later: a deadlock, a serialization failure, a restart. */
  readonly refused: number;
  /** The connection breaks before the commit. */
  readonly lostBefore: number;
  /** The connection breaks after the commit. */
  readonly lostAfter: number;
  /** The connection breaks, and the statement that the server still has commits later. */
  readonly lostLate: number;
  /** A row that fails at times does. */
  readonly flake: number;
}

export interface FakeStoreOptions {
  readonly clock: Clock;
  readonly chances?: Partial<StoreChances>;
  /** Each statement takes up to this long. */
  readonly latencyMs?: number;
  /** Rows that a constraint does not allow: never, or at times. */
  readonly isBad?: (message: LoadMessage) => boolean | "at times";
  /** False: nobody knows what was loaded before. Only to see a test fail. */
  readonly keepsLedger?: boolean;
  /** What lands after its connection broke does so within this. */
  readonly latestMs?: number;
  /** Told of everything that goes otherwise than one would wish, by its kind. */
  readonly onFault?: (kind: string) => void;
}

/** A database in memory with a ledger: what is committed stays, and a statement is carried out as a whole or not at all. */
export interface FakeStore extends Store {
  /** Decides about the next statements before they are carried out. */
  fault: ((method: StoreMethod) => StoreError | undefined) | undefined;
  /** How long the next statements take besides, in milliseconds, before they are carried out. */
  hang: ((method: StoreMethod) => number) | undefined;
  /** How long after the commit their answers come. */
  lag: ((method: StoreMethod) => number) | undefined;
  /** May be changed at any time. */
  chances: Partial<StoreChances>;
  readonly calls: readonly { readonly method: StoreMethod; readonly atMs: number }[];
  /** Message id to the run and the stamp that it was loaded with. */
  readonly ledger: ReadonlyMap<string, { readonly runId: string; readonly stamp: string }>;
  /** The target table: in order, with whatever was inserted twice. */
  readonly rows: readonly LoadMessage[];
  readonly rejects: ReadonlyMap<string, RejectRecord>;
  readonly runs: readonly (RunStart | RunEnd)[];
  /** Messages whose rows were refused at a time when they need not have been. */
  readonly flaked: ReadonlySet<string>;
}

export function transient(sqlState?: string): StoreError {
  const details = sqlState === undefined ? { code: "database_unreachable" } : { sqlState };
  return new StoreError("transient", "the database does not answer", details);
}

export function fatal(sqlState = "42P01"): StoreError {
  return new StoreError("fatal", "the table does not exist", { sqlState });
}

export function createFakeStore(options: FakeStoreOptions): FakeStore {
  const { clock, latencyMs = 0, latestMs = 60_000, keepsLedger = true, isBad, onFault } = options;
  const ledger = new Map<string, { runId: string; stamp: string }>();
  const rows: LoadMessage[] = [];
  const rejects = new Map<string, RejectRecord>();
  const flaked = new Set<string>();
  const runs: (RunStart | RunEnd)[] = [];
  const calls: { method: StoreMethod; atMs: number }[] = [];

  const happens = (event: keyof StoreChances): boolean => {
    const chance = store.chances[event] ?? 0;
    if (chance <= 0 || clock.random() >= chance) return false;
    onFault?.(event);
    return true;
  };

  /** One statement in its own transaction: `commit` either throws or does all of its work. */
  const statement = async <Answer>(method: StoreMethod, commit: () => Answer): Promise<Answer> => {
    calls.push({ method, atMs: clock.now() });
    const beforeMs = (latencyMs > 0 ? clock.random() * latencyMs : 0) + (store.hang?.(method) ?? 0);
    if (beforeMs > 0) await sleep(clock, beforeMs);
    const error = store.fault?.(method) ?? (happens("refused") ? transient("40P01") : undefined);
    if (error !== undefined) throw error;
    if (happens("lostBefore")) throw lost();
    if (happens("lostLate")) {
      clock.after(clock.random() ** 3 * latestMs, () => attempt(commit));
      throw lost();
    }
    const answer = commit();
    const lagMs = store.lag?.(method) ?? 0;
    if (lagMs > 0) await sleep(clock, lagMs);
    if (happens("lostAfter")) throw lost();
    return answer;
  };

  const refuses = (message: LoadMessage): boolean => {
    const verdict = isBad?.(message) ?? false;
    if (verdict !== "at times") return verdict;
    const flakes = happens("flake");
    if (flakes) flaked.add(message.messageId);
    return flakes;
  };

  const store: FakeStore = {
    chances: options.chances ?? {},
    fault: undefined,
    hang: undefined,
    lag: undefined,
    calls,
    ledger,
    rows,
    rejects,
    runs,
    flaked,
    check: () => Promise.resolve(),
    load: (batch, { isRetry }) =>
      statement("load", () => {
        const fresh = batch.messages.filter(({ messageId }) => !(keepsLedger && ledger.has(messageId)));
        if (fresh.some(refuses)) {
          onFault?.("data error");
          throw new StoreError("data", "a constraint does not allow it", {
            sqlState: "23514",
            constraint: "good_rows",
          });
        }
        for (const row of fresh) ledger.set(row.messageId, { runId: batch.runId, stamp: batch.stamp });
        rows.push(...fresh);
        const own = batch.messages.filter(({ messageId }) => {
          const entry = ledger.get(messageId);
          return entry?.runId === batch.runId && entry.stamp === batch.stamp;
        });
        const loaded = isRetry ? own.length : fresh.length;
        return { loaded, duplicates: batch.messages.length - loaded, rows: loaded, superseded: 0 };
      }),
    saveRejects: (records) =>
      statement("saveRejects", () => {
        for (const record of records) {
          const sealedBody = record.sealedBody ?? rejects.get(record.messageId)?.sealedBody ?? null;
          rejects.set(record.messageId, { ...record, sealedBody });
        }
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

/** Nobody hears what becomes of it. */
function attempt(commit: () => unknown): void {
  try {
    commit();
  } catch {
    // The server rolls it back.
  }
}
