import { expect, test } from "vitest";
import { type Check, type Finding, ok, skipped, warning } from "../../../src/doctor/check.js";
import { CHECKS } from "../../../src/doctor/checks/index.js";
import { type CheckResult, runChecks } from "../../../src/doctor/run-checks.js";
import { QueueError } from "../../../src/errors.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { toolsOf } from "./support.js";

const never = new Promise<Finding>(() => {});

function check(id: string, run: Check["run"], more: Partial<Check> = {}): Check {
  return { id, group: "queue", title: `the ${id}`, run, ...more };
}

const fine = (): Finding => ok("fine");
const bad = (): Finding => {
  throw new QueueError("failed", "access_denied", "SQS said no: ask again");
};

interface Options {
  readonly stop?: AbortSignal;
  readonly onError?: (error: unknown) => void;
}

async function results(checks: readonly Check[], options: Options = {}): Promise<CheckResult[]> {
  const clock = createVirtualClock();
  const { stop = new AbortController().signal, onError } = options;
  return clock.run(runChecks(checks, { tools: toolsOf({ clock }), stop, onError }));
}

const statuses = (all: readonly CheckResult[]): string[] => all.map(({ status }) => status);

test("what an error says becomes a finding, and everything that does not need it still runs", async () => {
  const all = await results([
    check("one", bad),
    check("two", fine, { needs: ["one"] }),
    check("three", fine, { needs: ["two"] }),
    check("four", fine, { after: ["one"] }),
    check("five", fine),
  ]);
  expect(statuses(all)).toEqual(["failed", "skipped", "skipped", "ok", "ok"]);
  expect(all[0]).toMatchObject({ found: "SQS said no", remedy: "ask again", code: "access_denied" });
  expect(all.slice(1, 3).map(({ found }) => found)).toEqual([
    "needs: the one, which failed",
    "needs: the one, which failed",
  ]);
});

test("a warning is enough for those that need it; what was skipped is not", async () => {
  const all = await results([
    check("one", () => warning("hm", "look")),
    check("two", fine, { needs: ["one"] }),
    check("three", () => skipped("not here")),
    check("four", fine, { needs: ["three"] }),
  ]);
  expect(statuses(all)).toEqual(["warning", "ok", "skipped", "skipped"]);
  expect(all[3]?.found).toBe("needs: the three, which was skipped");
});

test("a check that never ends is given up in its time, with where to look", async () => {
  const signals: AbortSignal[] = [];
  const all = await results([
    check("one", ({ signal }) => {
      signals.push(signal);
      return never;
    }),
    check("two", () => never, { timeoutMs: 75_000, ifSilent: "ring the bell" }),
  ]);
  expect(all).toMatchObject([
    {
      status: "failed",
      code: "timed_out",
      kind: "unavailable",
      found: "no answer within 10 s",
      durationMs: 10_000,
    },
    { status: "failed", found: "no answer within 75 s", remedy: "ring the bell", durationMs: 75_000 },
  ]);
  expect(signals[0]?.aborted).toBe(true);
});

test("an interrupt ends what is under way and what has not begun; what is over stays", async () => {
  const stop = new AbortController();
  const all = await results(
    [
      check("one", fine),
      check("two", () => {
        queueMicrotask(() => stop.abort());
        return never;
      }),
      check("three", fine, { after: ["two"] }),
    ],
    { stop: stop.signal },
  );
  expect(statuses(all)).toEqual(["ok", "skipped", "skipped"]);
  expect(all[1]?.found).toBe("interrupted");
});

test("a foreign error is told of without its words, and handed on for a trace", async () => {
  const errors: unknown[] = [];
  const thrown = new TypeError("canary");
  const [result] = await results(
    [
      check("one", () => {
        throw thrown;
      }),
    ],
    { onError: (error) => errors.push(error) },
  );
  expect(result).toMatchObject({ status: "failed", code: "internal", found: "an unexpected error" });
  expect(JSON.stringify(result)).not.toContain("canary");
  expect(errors).toEqual([thrown]);
});

test("checks that do not wait for each other run side by side", async () => {
  let other: (finding: Finding) => void = () => {};
  const meeting = new Promise<Finding>((resolve) => {
    other = resolve;
  });
  const all = await results([
    check("one", () => meeting),
    check("two", () => {
      other(ok("met"));
      return ok("here");
    }),
  ]);
  expect(all.map(({ found }) => found)).toEqual(["met", "here"]);
});

test("every check stands behind those that it waits for, and its name is its own", () => {
  const seen = new Set<string>();
  for (const { id, needs = [], after = [] } of CHECKS) {
    for (const other of [...needs, ...after]) expect(seen, `${id} waits for ${other}`).toContain(other);
    expect(id).toMatch(/^[a-z_]+$/);
    expect(seen).not.toContain(id);
    seen.add(id);
  }
});
