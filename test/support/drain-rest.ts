import type { DrainReport } from "../../src/drain/report.js";
import type { Bench } from "./bench.js";
import { outcomes } from "./bench.js";
import type { CliOptions } from "./cli.js";
import { until } from "./until.js";

/** Drains what a run that was cut off has left behind, as it comes back, until nothing is left; the reports. */
export async function drainRest(
  { queue, drain }: Pick<Bench, "queue" | "drain">,
  args: readonly string[] = [],
  options: CliOptions = {},
): Promise<DrainReport[]> {
  const reports: DrainReport[] = [];
  const isEmpty = (): boolean => queue.messageIds().length === 0;
  while (!isEmpty()) {
    // Or gone: a delete of a drain that has ended may still be on its way.
    await until("a message is back", () => queue.counts().visible > 0 || isEmpty());
    if (isEmpty()) break;
    const { exitCode, report, stderr } = await drain(args, options);
    if (exitCode !== 0) throw new Error(`the next drain ended with ${exitCode}: ${stderr}`);
    if (outcomes(report) !== report.received) throw new Error(`does not add up: ${JSON.stringify(report)}`);
    reports.push(report);
  }
  return reports;
}
