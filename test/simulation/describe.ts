import type { ActPlan, DrainPlan, Scenario, Slowness } from "./scenario.js";

/** The scenario in lines to read. */
export function describe(scenario: Scenario): string {
  const { messages } = scenario;
  const kinds = new Map<string, number>();
  for (const { body } of messages) {
    const kind = body.split(" ")[0] ?? "";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const late = messages.filter(({ atMs }) => atMs > 0).length;
  const delayed = messages.filter(({ delayMs }) => delayMs > 0).length;
  const groups = new Set(messages.map(({ group }) => group)).size;
  return [
    `seed ${scenario.seed}`,
    `messages: ${messages.length} (${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}), sent later ${late}, delayed ${delayed}`,
    `queue: ${scenario.fifo ? `FIFO with ${groups} groups` : "standard"}, stale handles ${scenario.staleHandles}, counters every ${seconds(scenario.countersEveryMs)}, latency ${scenario.queueLatencyMs} ms${scenario.inFlightCap === undefined ? "" : `, at most ${scenario.inFlightCap.most} in flight, then ${scenario.inFlightCap.answer}`}`,
    `database: latency ${scenario.storeLatencyMs} ms`,
    ...scenario.acts.flatMap((act, index) => [
      `act ${index + 1}${index === scenario.acts.length - 1 ? " (healthy)" : ""}, after ${seconds(act.gapMs)}`,
      ...describeAct(act).map((line) => `  ${line}`),
    ]),
  ].join("\n");
}

function describeAct(act: ActPlan): string[] {
  return [
    ...act.drains.map(describeDrain),
    ...chances("queue", act.queue),
    ...chances("database", act.store),
    ...slowness("queue is slow", act.slowQueue),
    ...slowness("queue answers late", act.slowAnswers),
    ...slowness("statements are slow", act.slowStore),
    ...slowness("database answers late", act.slowCommits),
    ...act.outages.map(
      ({ what, fromMs, forMs }) =>
        `${what} from ${seconds(fromMs)}${Number.isFinite(forMs) ? ` for ${seconds(forMs)}` : " on"}`,
    ),
    ...act.others.map(
      ({ atMs, count, holdMs }) =>
        `another consumer takes ${count} at ${seconds(atMs)} and holds them for ${seconds(holdMs)}`,
    ),
    ...(act.lieAtMs === undefined ? [] : [`the queue looks empty once at ${seconds(act.lieAtMs)}`]),
  ];
}

function describeDrain({ startMs, limits, quarantine, dryRun, signal, exitsOnKill }: DrainPlan): string {
  return [
    `${dryRun ? "dry run" : "drain"} at ${seconds(startMs)}`,
    quarantine ? "quarantine" : "leave",
    ...Object.entries(limits).map(([name, value]) => `${name} ${value}`),
    ...(signal === undefined ? [] : [`${signal.what} at ${seconds(signal.atMs)}`]),
    ...(signal?.what === "stop, kill" ? [`then ${seconds(signal.thenMs)}`] : []),
    ...(signal?.what.endsWith("kill") ? [exitsOnKill ? "exits" : "lives on"] : []),
  ].join(", ");
}

function chances(of: string, given: object): string[] {
  const set = Object.entries(given).filter(([, chance]) => chance > 0);
  return set.length === 0 ? [] : [`${of}: ${set.map(([name, chance]) => `${name} ${chance}`).join(", ")}`];
}

function slowness(what: string, { chance, ms }: Slowness): string[] {
  return chance === 0 ? [] : [`${what}: ${chance}, up to ${seconds(ms)}`];
}

function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}
