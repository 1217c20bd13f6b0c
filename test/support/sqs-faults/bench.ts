import type { TestAPI } from "vitest";
import type { DrainReport } from "../../../src/drain/report.js";
import { type Bench, test as benchTest, type Drained, reportOf } from "../bench.js";
import { type RunningCli, startCli } from "../cli.js";
import { traceableEvents } from "../settled.js";
import type { SentMessage } from "../sqs.js";
import { type SqsFaults, startSqsFaults } from "../sqs-faults.js";
import { settle } from "./settle.js";

export interface FaultyBench extends Bench {
  /** Between the command and the queue; lets everything pass until a rule is set. */
  readonly faults: SqsFaults;
  /** Starts `drain --json` through the faults. The SDK's own repetitions are off, so that each fault is ours to meet. */
  readonly startFaulty: (args?: readonly string[], env?: Readonly<Record<string, string>>) => RunningCli;
  /** The same to its end. */
  readonly faulty: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Drained>;
  /** Puts events on the queue whose rows can be traced to them. */
  readonly send: (count: number) => SentMessage[];
  /** Lets a healthy drain have what is left, and looks whether everything that was sent is in its place. */
  readonly settled: (sent: readonly SentMessage[]) => Promise<DrainReport | undefined>;
}

export const test: TestAPI<FaultyBench> = benchTest.extend<Omit<FaultyBench, keyof Bench>>({
  faults: async ({ sqs }, use) => {
    const faults = await startSqsFaults(sqs.endpoint);
    await use(faults);
    await faults.stop();
  },
  startFaulty: async ({ faults, env }, use) => {
    await use((args = [], more = {}) =>
      startCli(["drain", "--json", ...args], {
        env: { ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint, AWS_MAX_ATTEMPTS: "1", ...more },
      }),
    );
  },
  faulty: async ({ startFaulty }, use) => {
    await use(async (args, env) => {
      const result = await startFaulty(args, env).result;
      return { ...result, report: reportOf(result) };
    });
  },
  send: async ({ queue }, use) => {
    await use((count) => queue.send(traceableEvents(count)));
  },
  settled: async ({ queue, database, drain }, use) => {
    await use((sent) => settle({ queue, database, drain }, sent));
  },
});
