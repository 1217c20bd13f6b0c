import { expect, test } from "vitest";
import { speedChecks } from "../../../src/doctor/checks/speed.js";
import type { RawAttributes } from "../../../src/doctor/queue-probe.js";
import { found, queueOf, toolsOf } from "./support.js";

const [latency] = speedChecks([]);

test.each([
  [60_000, 5],
  [0, 1],
])("within %d ms it measures %d calls", async (timeoutMs, calls) => {
  let asked = 0;
  const tools = toolsOf({ timeoutMs });
  tools.facts.queue.set(
    queueOf({
      attributes: async (): Promise<RawAttributes> => {
        asked += 1;
        return {};
      },
    }),
  );
  if (latency === undefined) return expect.fail("there is no such check");
  expect(await found(latency, tools)).toMatchObject({ status: "ok", figures: { calls } });
  expect(asked).toBe(calls);
  expect(tools.facts.sqsLatencyMs.get()).toBeGreaterThanOrEqual(0);
});
