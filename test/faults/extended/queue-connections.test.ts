import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import type { Action } from "../../support/sqs-faults/fault.js";
import { test } from "../../support/sqs-faults/proxy-bench.js";
import type { Ending, Watch } from "../../support/tcp-proxy.js";

/** Springs in the answer to a call: after its first bytes, or before them. */
function inAnswerTo(action: Action, deliver: number): () => Watch {
  const target = Buffer.from(`AmazonSQS.${action}\r\n`);
  return () => {
    let isAnswer = false;
    return (direction, chunk) => {
      if (direction === "up") isAnswer = chunk.includes(target);
      else if (isAnswer) return { deliver: Math.min(deliver, chunk.length - 1) };
      return "pass";
    };
  };
}

describe.concurrent("a connection ends before or within an answer", () => {
  test.for<[action: Action, ending: Ending, deliver: number]>([
    ["ReceiveMessage", "reset", 0],
    ["ReceiveMessage", "cut", 300],
    ["DeleteMessageBatch", "reset", 150],
    ["DeleteMessageBatch", "cut", 0],
  ])(
    "%s, %s after %i bytes: nothing lost, nothing twice",
    async ([action, ending, deliver], { proxy, startProxied, send, settled }) => {
      const sent = send(120);
      const trap = proxy.trap({ watch: inAnswerTo(action, deliver), ending, times: 4 });
      const result = await startProxied(["--visibility", "3"]).result;
      const report = reportOf(result);
      expect(result.exitCode).toBe(0);
      expect(trap.sprung).toBe(4);
      expect(report).toMatchObject({ delete_failed: 0, in_doubt: 0 });
      expect(outcomes(report)).toBe(report.received);
      await settled(sent);
    },
  );
});

describe.concurrent("the network to SQS", () => {
  test("breaks for all connections at once, again and again", async ({
    proxy,
    startProxied,
    queue,
    send,
    settled,
  }) => {
    const sent = send(1_000);
    const running = startProxied(["--visibility", "4"]);
    for (const left of [900, 600, 300]) {
      await running.until(`${left} are left`, () => queue.messageIds().length <= left);
      proxy.reset();
    }
    const result = await running.result;
    expect(result.exitCode).toBe(0);
    expect(outcomes(reportOf(result))).toBe(reportOf(result).received);
    await settled(sent);
  });

  test("is slow: it takes its time", async ({ proxy, startProxied, send, settled }) => {
    const sent = send(300);
    proxy.flow("both", { delayMs: 40 });
    const result = await startProxied(["--max", "300"]).result;
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 300, loaded: 300, duplicates: 0, deleted: 300 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("carries few bytes: it takes its time", async ({ proxy, startProxied, send, settled }) => {
    const sent = send(100);
    proxy.flow("down", { bytesPerSecond: 60_000 });
    const result = await startProxied(["--max", "100"]).result;
    expect(result.exitCode).toBe(0);
    expect(reportOf(result)).toMatchObject({ received: 100, loaded: 100, duplicates: 0, deleted: 100 });
    expect(await settled(sent)).toBeUndefined();
  });
});
