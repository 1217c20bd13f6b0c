import { createFakeQueue } from "../support/fake-queue.js";
import { createFakeStore, type FakeStoreOptions } from "../support/fake-store.js";
import { FLAKY, REFUSED } from "../support/sample-bodies.js";
import { createVirtualClock } from "../support/virtual-clock.js";
import { checkReport, longestEnding, losesAnswers } from "./check-report.js";
import { checkEnd, checkLedger, checkOrder, checkPlaces, type SentMessage } from "./check-world.js";
import { type DrainProcess, type End, type Sabotage, startDrain } from "./drain-process.js";
import type { ActPlan, Scenario } from "./scenario.js";
import { keepsLeases, makeWeather } from "./weather.js";

export interface SimulateOptions {
  readonly sabotage?: Sabotage;
  /** Told of every call. */
  readonly trace?: (line: string) => void;
}

export interface Outcome {
  /** What should hold and does not. */
  readonly broken: readonly string[];
  readonly runs: number;
  readonly messages: number;
  /** What befell the runs, by kind. */
  readonly faults: ReadonlyMap<string, number>;
}

const isBad: NonNullable<FakeStoreOptions["isBad"]> = ({ rows }) => {
  const body = String(rows[0]?.values[0]);
  return body.startsWith(REFUSED) || (body.startsWith(FLAKY) && "at times");
};

/** Plays a scenario and looks at everything that must hold. The same scenario goes the same way every time. */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<Outcome> {
  const { sabotage = {} } = options;
  const clock = createVirtualClock({ seed: ~scenario.seed });
  const startMs = clock.now();
  const broken: string[] = [];
  const faults = new Map<string, number>();
  const sent: SentMessage[] = [];
  const processes: DrainProcess[] = [];
  const ends: [DrainProcess, End][] = [];
  let faultCount = 0;
  let act: ActPlan | undefined;

  const trace =
    options.trace === undefined
      ? undefined
      : (line: string): void => options.trace?.(`${((clock.now() - startMs) / 1000).toFixed(3)} ${line}`);
  const onBroken = (what: string): void => {
    broken.push(what);
    trace?.(`BROKEN ${what}`);
  };
  const onFault = (kind: string): void => {
    faultCount += 1;
    faults.set(kind, (faults.get(kind) ?? 0) + 1);
  };

  const { keepsLedger = true } = sabotage;
  const store = createFakeStore({ clock, latencyMs: scenario.storeLatencyMs, isBad, onFault, keepsLedger });
  const isKept = (id: string): boolean => store.ledger.has(id) || store.rejects.get(id)?.sealedBody != null;
  const queue = createFakeQueue({
    clock,
    latencyMs: scenario.queueLatencyMs,
    countersEveryMs: scenario.countersEveryMs,
    staleHandles: scenario.staleHandles,
    fifo: scenario.fifo,
    inFlightCap: scenario.inFlightCap,
    onFault,
    onDelete: (id) => {
      if (!isKept(id)) onBroken(`${id} is deleted before it is committed`);
    },
    onHandOut: (id, why) => {
      if (why !== "first") onFault(`delivered again: ${why}`);
      if (why !== "lease ended" || act === undefined || !keepsLeases(act)) return;
      if (processes.some(({ witness }) => witness.leftGivingBack())) return;
      const holder = processes.find(({ isAlive, witness }) => isAlive() && witness.holds(id));
      if (holder !== undefined) onBroken(`${id} came back while ${holder.runId} held it`);
    },
  });
  const places = { queue, store, sent };

  for (const { body, atMs, delayMs, group } of scenario.messages) {
    const send = (): void => {
      const [id = ""] = queue.send([body], delayMs, group);
      sent.push({ id, body, group });
    };
    if (atMs === 0) send();
    else clock.after(atMs, send);
  }

  const play = async (plan: ActPlan, index: number): Promise<void> => {
    await clock.advance(plan.gapMs);
    act = plan;
    const isHealthy = index === scenario.acts.length - 1;
    trace?.(`=== act ${index + 1}`);
    makeWeather(plan, isHealthy, { clock, queue, store, scenario, onFault });
    const actStartMs = clock.now();
    const isCapped = scenario.inFlightCap !== undefined && !isHealthy;
    const waiting = queue.left().length;
    const faultsBefore = faultCount;

    const one = async (drainIndex: number): Promise<void> => {
      const drain = plan.drains[drainIndex];
      if (drain === undefined) return;
      if (drain.startMs > 0) await new Promise<void>((resolve) => clock.after(drain.startMs, resolve));
      const runId = `run ${index + 1}.${drainIndex + 1}`;
      const process = startDrain({
        runId,
        plan: drain,
        fifo: scenario.fifo,
        clock,
        queue,
        store,
        isKept,
        sabotage,
        onBroken: (what) => onBroken(`${runId}: ${what}`),
        onFault,
        trace: trace === undefined ? undefined : (line) => trace(`${runId} ${line}`),
      });
      processes.push(process);
      const end = await process.ended;
      ends.push([process, end]);
      if (end.what === "reported") {
        for (const what of checkReport(process, end, plan, isCapped)) onBroken(`${runId}: ${what}`);
      }
      const lastMs = lastStimulus(plan, actStartMs, scenario, startMs, process);
      const tookMs = clock.now() - lastMs;
      if (tookMs > longestEnding(process.witness.seen.busyMs, faultCount - faultsBefore)) {
        onBroken(`${runId}: it ended ${Math.round(tookMs / 1000)} s after the last thing that befell it`);
      }
      if (isHealthy) checkHealthy(end, waiting);
    };
    await clock.run(Promise.all(plan.drains.map((_, drainIndex) => one(drainIndex))));
    for (const what of checkPlaces(places)) onBroken(what);
  };

  const checkHealthy = (end: End, waiting: number): void => {
    if (end.what !== "reported") {
      onBroken(`a healthy run: ${end.what}`);
      return;
    }
    const { report } = end;
    if (report.stopped_because !== "empty") onBroken(`a healthy run ends ${report.stopped_because}`);
    const held = scenario.fifo && report.rejected > 0 ? report.released : 0;
    if (report.released - held + report.in_doubt + report.delete_failed > 0) {
      onBroken("a healthy run leaves work");
    }
    if (scenario.fifo ? report.received > waiting : report.received !== waiting) {
      onBroken(`${waiting} messages on the queue, a healthy run received ${report.received}`);
    }
  };

  try {
    for (const [index, plan] of scenario.acts.entries()) await play(plan, index);
    // What is still on its way lands.
    await clock.advance(10 * 60_000);
    for (const what of [
      ...checkEnd(scenario, places),
      ...checkPlaces(places),
      ...(keepsOrder(scenario) ? checkOrder(places) : []),
      ...checkLedger(store, ends),
    ]) {
      onBroken(what);
    }
    for (const { runId, pending } of processes) {
      if (pending() > 0) onBroken(`${runId}: ${pending()} timers are left`);
    }
    if (clock.pending() > 0) onBroken(`${clock.pending()} timers are left`);
  } catch (error) {
    onBroken(error instanceof Error ? error.message : "something that is no error was thrown");
  }
  return { broken, runs: processes.length, messages: sent.length, faults };
}

/**
 * A group whose lease is lost is handed out anew, beside what is still in hand of it. What may be loaded already is not
 * kept back. And quarantined, a reject makes way for what is behind it, also where it cannot be stored in the end.
 */
function keepsOrder({ acts }: Scenario): boolean {
  return acts.every(
    (act) => keepsLeases(act) && !losesAnswers(act) && act.drains.every(({ quarantine }) => !quarantine),
  );
}

/** When the last thing happened that could keep a run going, as the plan says; its end aside. */
function lastStimulus(
  { outages, others, lieAtMs = 0 }: ActPlan,
  actStartMs: number,
  { messages }: Scenario,
  startMs: number,
  { startedAtMs, signalledAtMs, endedAtMs, limits }: DrainProcess,
): number {
  const untilMs = endedAtMs() ?? Number.POSITIVE_INFINITY;
  const moments = [
    startedAtMs,
    signalledAtMs() ?? 0,
    startedAtMs + (limits.maxDurationMs ?? 0),
    actStartMs + lieAtMs,
    ...outages.flatMap(({ fromMs, forMs }) => [actStartMs + fromMs, actStartMs + fromMs + forMs]),
    ...others.flatMap(({ atMs, holdMs }) => [actStartMs + atMs, actStartMs + atMs + holdMs]),
    ...messages.map(({ atMs, delayMs }) => startMs + atMs + delayMs),
  ];
  return moments.reduce((last, moment) => (moment <= untilMs && moment > last ? moment : last), 0);
}
