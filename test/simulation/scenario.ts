import type { DrainLimits } from "../../src/drain/limits.js";
import type { QueueChances, StaleHandles } from "../support/fake-queue/chances.js";
import type { InFlightCap } from "../support/fake-queue.js";
import type { StoreChances } from "../support/fake-store.js";

/** A message that is sent at some time after the beginning; its body says what becomes of it. */
export interface MessagePlan {
  readonly body: string;
  readonly atMs: number;
  readonly delayMs: number;
  readonly group: string | undefined;
}

/** How a process is ended: by one signal or two, or by SIGKILL, which nothing of it survives. */
export interface SignalPlan {
  readonly what: "stop" | "stop, kill" | "kill" | "death";
  readonly atMs: number;
  /** Between the first signal and the second. */
  readonly thenMs: number;
}

export interface DrainPlan {
  readonly startMs: number;
  readonly limits: Partial<DrainLimits>;
  readonly quarantine: boolean;
  readonly dryRun: boolean;
  readonly signal: SignalPlan | undefined;
  /** The command line ends its process when it is killed; a program that uses the library goes on. */
  readonly exitsOnKill: boolean;
}

export const OUTAGES = [
  "queue away",
  "receives throttled",
  "deletes fail",
  "leases cannot be renewed",
  "counters away",
  "credentials expired",
  "delete denied",
  "database away",
  "disk full",
  "table dropped",
  "rejects cannot be saved",
  "rejects table missing",
  "runs cannot be recorded",
  "runs table missing",
  "ledger cannot be pruned",
] as const;

export interface OutagePlan {
  readonly what: (typeof OUTAGES)[number];
  /** From the act's beginning on. */
  readonly fromMs: number;
  /** Infinity: to the act's end. */
  readonly forMs: number;
}

/** Another consumer takes messages and holds them. */
export interface OthersPlan {
  readonly atMs: number;
  readonly count: number;
  readonly holdMs: number;
}

/** Now and then something takes longer: so often, and by up to so much. */
export interface Slowness {
  readonly chance: number;
  readonly ms: number;
}

/** One or more drains at once, and what befalls them. */
export interface ActPlan {
  /** After the act before. */
  readonly gapMs: number;
  readonly drains: readonly DrainPlan[];
  readonly queue: Partial<QueueChances>;
  readonly slowQueue: Slowness;
  readonly slowAnswers: Slowness;
  readonly store: Partial<StoreChances>;
  readonly slowStore: Slowness;
  readonly slowCommits: Slowness;
  readonly outages: readonly OutagePlan[];
  readonly others: readonly OthersPlan[];
  /** An empty poll and a counter of 0 at this time, once, whatever there is. */
  readonly lieAtMs: number | undefined;
}

export interface Scenario {
  readonly seed: number;
  readonly messages: readonly MessagePlan[];
  readonly fifo: boolean;
  readonly staleHandles: StaleHandles;
  readonly countersEveryMs: number;
  readonly queueLatencyMs: number;
  readonly storeLatencyMs: number;
  readonly inFlightCap: InFlightCap | undefined;
  /** The last one is healthy. */
  readonly acts: readonly ActPlan[];
}
