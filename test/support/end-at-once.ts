import { outcomes, reportOf } from "./bench.js";
import { drainRest } from "./drain-rest.js";
import { settled, traceableEvents } from "./settled.js";
import { hold, type Stage, type StageBench } from "./stages.js";

const COUNT = 120;

/**
 * Holds a drain up at a stage for good, sends two signals, and sees that it ends by itself and that the next drains
 * find everything that it had in hand.
 */
export async function endAtOnce(
  stage: Stage,
  {
    proxies,
    queue,
    database,
    drain,
    startDrain,
  }: Pick<StageBench, "proxies" | "queue" | "database" | "drain" | "startDrain">,
): Promise<void> {
  const sent = queue.send(traceableEvents(COUNT));
  const held = hold(stage, proxies);
  const running = startDrain(["--batch-size", "40", "--visibility", "2"]);
  await held.reached();
  running.signal("SIGTERM");
  const ended = running.result.then(() => true);
  // Signals do not queue: two that come together are one. So it is sent until it has come twice.
  for (let hasEnded = false; !hasEnded; ) {
    hasEnded = await Promise.race([ended, new Promise<false>((resolve) => setTimeout(resolve, 50, false))]);
    if (!hasEnded) running.signal("SIGTERM");
  }
  const result = await running.result;
  if (result.signal !== undefined) throw new Error(`ended by ${result.signal}, not by itself`);
  const report = reportOf(result);
  if (report.received !== undefined && outcomes(report) !== report.received) {
    throw new Error(`does not add up: ${result.stdout}`);
  }
  await settled({ sent, queue, database, isCutOff: true });
  held.release();
  await drainRest({ queue, drain });
  const { rows, queued } = await settled({ sent, queue, database });
  if (rows !== COUNT || queued !== 0) throw new Error(`${rows} rows, ${queued} on the queue`);
}
