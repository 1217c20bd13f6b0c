import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../support/bench.js";
import { test } from "../support/sqs-faults/proxy-bench.js";
import { always, between, inTurn, refuse, TRANSIENT } from "../support/sqs-faults/refusals.js";
import { until } from "../support/until.js";

const OUTAGE_MS = 30_000;

/** Lets real time go by: the patience under test is measured in it. */
async function outage(lengthMs: number): Promise<void> {
  const sinceMs = Date.now();
  await until("the outage is over", () => Date.now() - sinceMs >= lengthMs, 2 * lengthMs);
}

describe("SQS is away for thirty seconds", () => {
  test.for<[how: string, visibilitySeconds: number]>([
    ["takes no connections", 40],
    ["takes no connections", 5],
    ["swallows everything", 40],
  ])(
    "it %s, leases of %i s: the run waits and goes on",
    async ([how, visibilitySeconds], { proxy, startProxied, queue, send, settled }) => {
      const sent = send(1_000);
      const running = startProxied(["--visibility", String(visibilitySeconds)]);
      await running.until("some are deleted", () => queue.messageIds().length <= 900);
      if (how === "swallows everything") proxy.flow("both", "blackhole");
      else proxy.refuse();
      proxy.reset();
      await outage(OUTAGE_MS);
      proxy.flow("both", "pass");
      await proxy.accept();
      const result = await running.result;
      const report = reportOf(result);
      expect(result.exitCode).toBe(0);
      expect(report).toMatchObject({ in_doubt: 0, delete_failed: 0, rejected: 0, released: 0 });
      expect(report.retries).toBeGreaterThan(0);
      expect(outcomes(report)).toBe(report.received);
      await settled(sent);
    },
  );
});

describe("deletes fail", () => {
  test("for ten seconds: all are deleted", async ({ faults, faulty, send, settled }) => {
    const sent = send(2_000);
    let sinceMs: number | undefined;
    const trouble = inTurn(TRANSIENT);
    faults.on("DeleteMessageBatch", (request) => {
      sinceMs ??= Date.now();
      return Date.now() - sinceMs < 10_000 ? trouble(request) : undefined;
    });
    const { exitCode, report } = await faulty(["--max", "2000"]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ loaded: 2_000, duplicates: 0, deleted: 2_000, delete_failed: 0 });
    expect(await settled(sent)).toBeUndefined();
  });

  test("for good: the run fails after its patience, and the redeliveries are duplicates", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(500);
    faults.on("DeleteMessageBatch", between(6, 1_000_000, always(refuse("InternalError", 500))));
    const { exitCode, report } = await faulty(["--max", "500", "--visibility", "5"]);
    expect(exitCode).toBe(75);
    expect(report).toMatchObject({ loaded: 500, deleted: 50, delete_failed: 450 });
    expect(await settled(sent)).toMatchObject({ loaded: 0, duplicates: 450, deleted: 450 });
  });
});

describe("the network to SQS", () => {
  test("swallows everything from some moment on: the run gives up, and nothing is lost", async ({
    proxy,
    startProxied,
    queue,
    send,
    settled,
  }) => {
    const sent = send(1_000);
    const running = startProxied(["--visibility", "4"]);
    await running.until("some are deleted", () => queue.messageIds().length <= 900);
    proxy.flow("both", "blackhole");
    const result = await running.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(75);
    expect(report.error).toMatchObject({ kind: "unavailable", code: "timed_out" });
    expect(report.queue_after).toBeNull();
    expect(outcomes(report)).toBe(report.received);
    await settled(sent);
  });

  test("does not come back: the run gives up, and nothing is lost", async ({
    proxy,
    startProxied,
    queue,
    send,
    settled,
  }) => {
    const sent = send(1_000);
    const running = startProxied(["--visibility", "4"]);
    await running.until("some are deleted", () => queue.messageIds().length <= 900);
    proxy.refuse();
    proxy.reset();
    const result = await running.result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(75);
    expect(result.stderr).toMatch(/cannot reach SQS at 127\.0\.0\.1:\d+: the connection is refused/);
    expect(report.error).toMatchObject({ kind: "unavailable", code: "connection_refused" });
    expect(outcomes(report)).toBe(report.received);
    await settled(sent);
  });
});
