import type { Clock } from "../../src/clock.js";
import type { QueueError } from "../../src/errors.js";
import type { StoreError } from "../../src/loader/store.js";
import { denied, type FakeQueue, type QueueCall, unavailable } from "../support/fake-queue.js";
import { type FakeStore, fatal, type StoreMethod, transient } from "../support/fake-store.js";
import type { ActPlan, OutagePlan, Scenario, Slowness } from "./scenario.js";

interface Outage {
  readonly queue?: (call: QueueCall) => QueueError | undefined;
  readonly store?: (method: StoreMethod) => StoreError | undefined;
}

const during =
  <Name>(names: readonly Name[], error: () => StoreError) =>
  (name: Name): StoreError | undefined =>
    names.includes(name) ? error() : undefined;

const isRenewal = ({ method, visibilitySeconds }: QueueCall): boolean =>
  method === "extend" && visibilitySeconds.some((seconds) => seconds > 0);

const EFFECTS: Readonly<Record<OutagePlan["what"], Outage>> = {
  "queue away": { queue: () => unavailable() },
  "receives throttled": {
    queue: ({ method }) => (method === "receive" ? unavailable("throttled") : undefined),
  },
  "deletes fail": { queue: ({ method }) => (method === "delete" ? unavailable() : undefined) },
  "leases cannot be renewed": { queue: (call) => (isRenewal(call) ? unavailable() : undefined) },
  "counters away": { queue: ({ method }) => (method === "attributes" ? unavailable() : undefined) },
  "credentials expired": { queue: () => denied("credentials_expired") },
  "delete denied": { queue: ({ method }) => (method === "delete" ? denied() : undefined) },
  "database away": { store: () => transient() },
  "disk full": { store: () => transient("53100") },
  "table dropped": { store: during<StoreMethod>(["load"], fatal) },
  "rejects cannot be saved": { store: during<StoreMethod>(["saveRejects"], transient) },
  "rejects table missing": { store: during<StoreMethod>(["saveRejects"], fatal) },
  "runs cannot be recorded": { store: during<StoreMethod>(["startRun", "finishRun"], transient) },
  "runs table missing": { store: during<StoreMethod>(["startRun", "finishRun"], fatal) },
  "ledger cannot be pruned": { store: during<StoreMethod>(["prune"], fatal) },
};

/** Outages that waiting does not mend: the run that meets one ends as failed. */
export const FATAL_OUTAGES: readonly OutagePlan["what"][] = [
  "credentials expired",
  "delete denied",
  "table dropped",
  "rejects table missing",
  "runs table missing",
];

export interface WeatherOptions {
  readonly clock: Clock;
  readonly queue: FakeQueue;
  readonly store: FakeStore;
  readonly scenario: Scenario;
  readonly onFault: (kind: string) => void;
}

/** Makes the queue and the database of an act what its plan says. */
export function makeWeather(act: ActPlan, isHealthy: boolean, options: WeatherOptions): void {
  const { clock, queue, store, scenario, onFault } = options;
  const startMs = clock.now();
  const now = (): OutagePlan[] =>
    act.outages.filter(({ fromMs, forMs }) => {
      const atMs = clock.now() - startMs;
      return atMs >= fromMs && atMs < fromMs + forMs;
    });
  const first = <Failure>(ask: (outage: Outage) => Failure | undefined): Failure | undefined => {
    for (const { what } of now()) {
      const error = ask(EFFECTS[what]);
      if (error === undefined) continue;
      onFault(what);
      return error;
    }
    return undefined;
  };
  const slow =
    (kind: string, { chance, ms }: Slowness) =>
    (): number => {
      if (chance === 0 || clock.random() >= chance) return 0;
      onFault(kind);
      return clock.random() * ms;
    };

  queue.chances = act.queue;
  queue.inFlightCap = isHealthy ? undefined : scenario.inFlightCap;
  queue.hang = slow("slow queue", act.slowQueue);
  queue.lag = slow("late answer of the queue", act.slowAnswers);
  store.chances = act.store;
  store.hang = slow("slow statement", act.slowStore);
  store.lag = slow("late answer of the database", act.slowCommits);
  queue.fault = (call) => first((outage) => outage.queue?.(call));
  store.fault = (method) => first((outage) => outage.store?.(method));
  if (act.lieAtMs !== undefined) {
    clock.after(act.lieAtMs, () => {
      queue.lies = { receives: 1, counters: 1 };
    });
  }
  for (const { atMs, count, holdMs } of act.others) {
    clock.after(atMs, () => {
      if (queue.takeAway(count, holdMs) > 0) onFault("taken by another consumer");
    });
  }
}

/** Whether nothing stands between a lease and its renewal. */
export function keepsLeases(act: ActPlan): boolean {
  const { failedEntry, refusedEntry, unavailable: away, lostAnswer, redelivery } = act.queue;
  const chances = [failedEntry, refusedEntry, away, lostAnswer, redelivery, act.slowQueue.chance];
  const isCalm = chances.every((chance) => (chance ?? 0) === 0) && act.slowAnswers.chance === 0;
  return isCalm && act.outages.every(({ what }) => EFFECTS[what].queue === undefined);
}

/** Whether nothing fails in it. */
export function isFair(act: ActPlan): boolean {
  const {
    disorder: _disorder,
    partialPage: _partial,
    deafPoll: _deaf,
    falseEmpty: _empty,
    ...faults
  } = act.queue;
  const { flake: _flake, ...failures } = act.store;
  const chances = [...Object.values(faults), ...Object.values(failures)];
  return chances.every((chance) => chance === 0) && act.outages.length === 0;
}
