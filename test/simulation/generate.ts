import type { DrainLimits } from "../../src/drain/limits.js";
import type { QueueChances } from "../support/fake-queue/chances.js";
import type { StoreChances } from "../support/fake-store.js";
import { FLAKY, REFUSED, REJECTED, WARNED } from "../support/sample-bodies.js";
import { createDice, type Dice } from "./dice.js";
import {
  type ActPlan,
  type DrainPlan,
  type MessagePlan,
  OUTAGES,
  type OutagePlan,
  type Scenario,
  type SignalPlan,
  type Slowness,
} from "./scenario.js";

/** Enough for every lease, delay and late commit to be over. */
const LONG_ENOUGH_MS = 60 * 60 * 1000;

/** Everything that happens, from one seed. */
export function generate(seed: number): Scenario {
  const dice = createDice(seed);
  const fifo = dice.chance(0.15);
  const rejects = dice.pick(["leave", "leave", "quarantine", "quarantine", "mixed"] as const);
  const acts = Array.from({ length: dice.pick([1, 1, 1, 2, 2, 3]) }, (_, index) =>
    act(dice, rejects, index === 0),
  );
  return {
    seed,
    messages: messages(dice, fifo),
    fifo,
    staleHandles: dice.pick(["ignored", "refused", "honoured", "mixed"]),
    countersEveryMs: dice.pick([0, 0, 20_000, 60_000]),
    // Never none: two answers at the very same moment have no order that an onlooker could tell.
    queueLatencyMs: dice.pick([1, 20, 40, 200]),
    storeLatencyMs: dice.pick([0, 10, 100, 2_000]),
    inFlightCap: dice.chance(0.06)
      ? { most: dice.between(10, 60), answer: dice.pick(["empty", "refused"]) }
      : undefined,
    acts: [...acts, healthyAct(dice, rejects)],
  };
}

type Rejects = "leave" | "quarantine" | "mixed";

function messages(dice: Dice, fifo: boolean): MessagePlan[] {
  const count = dice.chance(0.04) ? dice.between(100, 400) : dice.between(0, 55);
  const badness = dice.pick([0, 0.02, 0.1, 0.4]);
  const late = dice.pick([0, 0, 0.2, 0.6]);
  const delayed = dice.pick([0, 0, 0.1]);
  const groups = dice.pick([1, 3, 10]);
  return Array.from({ length: count }, (_, index) => {
    const prefix = dice.chance(badness) ? dice.pick([REJECTED, REFUSED, FLAKY, FLAKY, WARNED]) : "body";
    return {
      body: `${prefix} ${index}`,
      atMs: dice.chance(late) ? dice.small(60_000) : 0,
      delayMs: dice.chance(delayed) ? dice.between(0, 900) * 1000 : 0,
      group: fifo ? `group ${dice.between(1, groups)}` : undefined,
    };
  });
}

function act(dice: Dice, rejects: Rejects, isFirst: boolean): ActPlan {
  const drains = dice.chance(0.2) ? dice.between(2, 4) : 1;
  return {
    gapMs: isFirst ? 0 : dice.small(200_000),
    drains: Array.from({ length: drains }, (_, index) => drain(dice, rejects, index)),
    queue: dice.chance(0.5) ? queueChances(dice) : {},
    slowQueue: slowness(dice, 0.15, 20_000),
    slowAnswers: slowness(dice, 0.15, 20_000),
    store: dice.chance(0.6) ? storeChances(dice) : {},
    slowStore: slowness(dice, 0.3, 90_000),
    slowCommits: slowness(dice, 0.2, 20_000),
    outages: Array.from({ length: dice.pick([0, 0, 1, 1, 2, 3]) }, () => outage(dice)),
    others: Array.from({ length: dice.chance(0.1) ? 2 : 0 }, () => ({
      atMs: dice.small(20_000),
      count: dice.between(1, 20),
      holdMs: dice.small(600_000),
    })),
    lieAtMs: dice.chance(0.1) ? dice.small(10_000) : undefined,
  };
}

function drain(dice: Dice, rejects: Rejects, index: number): DrainPlan {
  return {
    startMs: index === 0 ? 0 : dice.small(10_000),
    limits: limits(dice),
    quarantine: rejects === "quarantine" || (rejects === "mixed" && dice.chance(0.5)),
    dryRun: dice.chance(0.06),
    signal: dice.chance(0.4) ? signal(dice) : undefined,
    exitsOnKill: dice.chance(0.5),
  };
}

function limits(dice: Dice): Partial<DrainLimits> {
  return {
    batchSize: dice.pick([1, 3, 10, 10, 50, 1_000]),
    concurrency: dice.pick([1, 2, 4, 16]),
    visibilitySeconds: dice.pick([2, 5, 30, 120, 600]),
    ...(dice.chance(0.2) ? { max: dice.between(1, 60) } : {}),
    ...(dice.chance(0.1) ? { maxDurationMs: dice.between(1, 20_000) } : {}),
    ...(dice.chance(0.15) ? { waitSeconds: dice.between(2, 20) } : {}),
    ...(dice.chance(0.1) ? { rejectsInARow: dice.between(1, 6) } : {}),
  };
}

function signal(dice: Dice): SignalPlan {
  return {
    what: dice.pick(["stop", "stop, kill", "kill", "death", "death"]),
    atMs: dice.small(dice.pick([1_000, 5_000, 90_000])),
    thenMs: dice.small(dice.pick([100, 5_000, 60_000])),
  };
}

function slowness(dice: Dice, probability: number, ms: number): Slowness {
  return dice.chance(probability)
    ? { chance: dice.pick([0.05, 0.3, 1]), ms: 1 + dice.small(ms) }
    : { chance: 0, ms: 0 };
}

function outage(dice: Dice): OutagePlan {
  return {
    what: OUTAGES[dice.between(0, OUTAGES.length - 1)] ?? "queue away",
    fromMs: dice.small(dice.pick([3_000, 30_000])),
    forMs: dice.chance(0.25) ? Number.POSITIVE_INFINITY : 1 + dice.small(150_000),
  };
}

/** Each happens in some scenarios, seldom or often. */
function queueChances(dice: Dice): Partial<QueueChances> {
  const often = (): number => dice.pick([0, 0, 0.05, 0.3]);
  const seldom = (): number => dice.pick([0, 0, 0, 0.02, 0.2]);
  return {
    partialPage: often(),
    falseEmpty: often(),
    disorder: dice.pick([0, 0.5]),
    redelivery: dice.pick([0, 0, 0.05, 0.3, 0.9]),
    failedEntry: often(),
    refusedEntry: seldom(),
    undeleted: seldom(),
    unavailable: seldom(),
    lostAnswer: seldom(),
    deafPoll: dice.pick([0, 0.5]),
  };
}

function storeChances(dice: Dice): Partial<StoreChances> {
  const often = (): number => dice.pick([0, 0, 0.05, 0.3]);
  return {
    refused: often(),
    lostBefore: often(),
    lostAfter: often(),
    lostLate: often(),
    flake: dice.pick([0.1, 0.5]),
  };
}

/** What a run may meet on a good day, when everything that was in somebody's hands is back. */
function healthyAct(dice: Dice, rejects: Rejects): ActPlan {
  const never = { chance: 0, ms: 0 };
  return {
    gapMs: LONG_ENOUGH_MS,
    drains: [
      {
        startMs: 0,
        limits: { batchSize: dice.pick([1, 7, 1_000]), visibilitySeconds: dice.pick([5, 120]) },
        quarantine: rejects === "quarantine" || (rejects === "mixed" && dice.chance(0.5)),
        dryRun: false,
        signal: undefined,
        exitsOnKill: true,
      },
    ],
    queue: dice.chance(0.3) ? { partialPage: 0.3, disorder: 0.5 } : {},
    slowQueue: never,
    slowAnswers: never,
    store: {},
    slowStore: never,
    slowCommits: never,
    outages: [],
    others: [],
    lieAtMs: dice.chance(0.2) ? 0 : undefined,
  };
}
