import { ChildProcess } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DrainFlags } from "../../../src/cli/drain-options.js";
import { drainInProcesses } from "../../../src/cli/processes/drain-in-processes.js";
import { startChild } from "../../../src/cli/processes/start-child.js";
import { systemClock } from "../../../src/clock.js";

const { execPath } = process;
const FLAGS: DrainFlags = {
  ...{ processes: 2, batchSize: 1, concurrency: 1, wait: 1, visibility: 30, maxRejects: 0 },
  logLevel: "info",
  color: false,
};

afterEach(() => {
  process.execPath = execPath;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Node throws some of the errors of a start, and tells the others by an event. */
const CASES: readonly (readonly [code: string, isThrown: boolean, prepare: () => void])[] = [
  ["E2BIG", true, () => vi.stubEnv("TOO_LONG", "x".repeat(4_000_000))],
  [
    "ENOENT",
    false,
    () => {
      process.execPath = "/nonexistent/node";
    },
  ],
];

describe.skipIf(process.platform === "win32")("a process that cannot be started", () => {
  test.each(CASES)("%s (thrown: %j) is one that has died", async (code, _isThrown, prepare) => {
    prepare();
    const kill = vi.spyOn(ChildProcess.prototype, "kill").mockReturnValue(false);
    const onMessage = vi.fn();
    const child = startChild(onMessage);
    child.say({ type: "stop" });
    child.destroy();
    expect(await child.ended).toEqual({ type: "died", how: code });
    expect(onMessage).not.toHaveBeenCalled();
    expect(kill).not.toHaveBeenCalled();
  });

  test.each(CASES)("%s (thrown: %j) is the error of the drain", async (code, _isThrown, prepare) => {
    prepare();
    const never = new AbortController().signal;
    const signals = { stop: never, kill: never, exitCode: () => undefined };
    const drained = drainInProcesses(FLAGS, { signals, clock: systemClock, onEvent: () => {} });
    await expect(drained).rejects.toMatchObject({
      code: "process_died",
      message: expect.stringContaining(`process 1 of 2 has died (${code})`),
    });
  });
});
