import { type Check, ok, skipped, warning } from "../check.js";
import { aheadMs, type ClockReading } from "../clock-difference.js";
import { estimate, median } from "../estimate.js";
import { IF_NETWORK_AWAY } from "../if-silent.js";
import { count, milliseconds, span } from "../words.js";

const TIMES = 5;

/** It has an effect on times in reports only, but tells of a machine whose clock nobody sets. */
const TOLERATED_MS = 5_000;

/** What AWS tolerates between a signature and its own clock. */
const SIGNATURE_MS = 300_000;

export const clockCheck: Check = {
  id: "clock",
  group: "clock and speed",
  title: "clock",
  after: ["messages", "database"],
  run: ({ facts }) => {
    const given = { SQS: facts.sqsClock.peek(), "the database": facts.databaseClock.peek() };
    const read = Object.entries(given).flatMap(([name, clock]) =>
      clock === undefined ? [] : [{ name, clock }],
    );
    if (read.length === 0) return skipped("neither SQS nor the database has told the time");
    const figures = {
      ahead_of_sqs_s: secondsAhead(given.SQS),
      ahead_of_database_s: secondsAhead(given["the database"]),
    };
    const wrong = read.filter(({ clock }) => Math.abs(aheadMs(clock)) > TOLERATED_MS);
    const names = read.map(({ name }) => name).join(" and ");
    if (wrong.length === 0) return ok(`agrees with ${names} (within ${TOLERATED_MS / 1_000} s)`, { figures });
    const texts = wrong.map(({ name, clock }) => {
      const ms = aheadMs(clock);
      return `${span(Math.abs(ms) / 1_000)} ${ms > 0 ? "ahead of" : "behind"} ${name}`;
    });
    const isRefused = given.SQS !== undefined && Math.abs(aheadMs(given.SQS)) > SIGNATURE_MS;
    const harm = isRefused ? ": AWS refuses what is signed with it, unless the SDK corrects it" : "";
    return warning(`this machine is ${texts.join(", ")}${harm}`, "set the clock that is wrong (NTP)", {
      code: "clock_skew",
      figures,
    });
  },
};

function secondsAhead(clock: ClockReading | undefined): number | null {
  return clock === undefined ? null : Math.round((clock.ourMs - clock.theirMs) / 100) / 10;
}

/** Everything else first, so that nothing else runs beside a measurement. */
export function speedChecks(others: readonly string[]): readonly Check[] {
  return [
    {
      id: "sqs_latency",
      group: "clock and speed",
      title: "SQS call",
      needs: ["messages"],
      after: others,
      ifSilent: IF_NETWORK_AWAY,
      run: async ({ facts, timeoutMs }) => {
        const { ms, calls } = await measured(() => facts.queue.get().attributes(), timeoutMs);
        facts.sqsLatencyMs.set(ms);
        return ok(`${milliseconds(ms)}, the median of ${calls}`, { figures: { latency_ms: ms, calls } });
      },
    },
    {
      id: "database_latency",
      group: "clock and speed",
      title: "database call",
      needs: ["database"],
      after: [...others, "sqs_latency"],
      ifSilent: "check the network and the server's load",
      run: async ({ facts, timeoutMs }) => {
        const { ms, calls } = await measured(() => facts.database.get().ask("select 1"), timeoutMs);
        facts.databaseLatencyMs.set(ms);
        return ok(`${milliseconds(ms)}, the median of ${calls}`, { figures: { latency_ms: ms, calls } });
      },
    },
    {
      id: "throughput",
      group: "clock and speed",
      title: "to expect",
      needs: ["sqs_latency", "database_latency"],
      run: ({ facts }) => {
        const { fifo } = facts.attributes.get();
        const figures = { sqsMs: facts.sqsLatencyMs.get(), databaseMs: facts.databaseLatencyMs.get(), fifo };
        const { perSecond, bound } = estimate(figures);
        return ok(`up to about ${count(perSecond)} small messages a second, bound by ${bound}`, {
          figures: { messages_per_second: perSecond, bound_by: bound },
        });
      },
    },
  ];
}

/** One after the other, fewer where they are slow: a call that is answered late has been answered. */
async function measured(
  call: () => Promise<unknown>,
  timeoutMs: number,
): Promise<{ readonly ms: number; readonly calls: number }> {
  const times: number[] = [];
  const beganAt = performance.now();
  do {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  } while (times.length < TIMES && performance.now() - beganAt < timeoutMs / (TIMES + 1));
  return { ms: Math.round(median(times) * 10) / 10, calls: times.length };
}
