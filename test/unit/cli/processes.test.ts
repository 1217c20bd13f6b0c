import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concluded } from "../../../src/cli/processes/concluded.js";
import { createMember } from "../../../src/cli/processes/member.js";
import { packError, unpackError } from "../../../src/cli/processes/sent-error.js";
import { sharesOf } from "../../../src/cli/processes/shares.js";
import { systemClock } from "../../../src/clock.js";
import {
  ConfigError,
  DatabaseError,
  InterruptedError,
  KeyError,
  PayloadError,
  QueueError,
  Sqs2pgError,
  UsageError,
} from "../../../src/errors.js";
import { MaskError } from "../../../src/masking/errors.js";
import { goodReport } from "./terminal/fixtures.js";

describe("shares", () => {
  test("add up to the whole, are even, and none is nothing", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 32 }),
        (max, processes) => {
          const shares = sharesOf(max, processes).map((share = 0) => share);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(max);
          expect(shares).toHaveLength(Math.min(max, processes));
          expect(Math.min(...shares)).toBeGreaterThan(0);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("without a whole there is no share", () => {
    expect(sharesOf(undefined, 3)).toEqual([undefined, undefined, undefined]);
  });
});

describe("errors between processes", () => {
  const cause = { cause: new Error("canary") };
  const place = { file: "f", line: 1, column: 2 };
  const problem = { code: "column_missing", table: "t", column: "c", message: "m" };
  test.each<Sqs2pgError>([
    new UsageError("a", "b", cause),
    new ConfigError(
      "f",
      [
        { path: "p", message: "m", place },
        { path: "", message: "n" },
      ],
      cause,
    ),
    new QueueError("unavailable", "a", "b", cause),
    new KeyError("failed", "a", "b", cause),
    new PayloadError("unavailable", "a", "b", cause),
    new DatabaseError("failed", "a", "b", {
      ...cause,
      sqlState: "28P01",
      problems: [problem],
      source: "h/d",
    }),
    new MaskError("a", "b", cause),
    new InterruptedError("b"),
  ])("$name is what it was, without its cause", (error) => {
    const sent = structuredClone(packError(error));
    expect(JSON.stringify(sent)).not.toContain("canary");
    const received = unpackError(sent);
    expect(received.stack).toBe("");
    expect(received.constructor).toBe(error.constructor);
    const { stack: _stack, cause: _cause, ...rest } = { ...error };
    expect({ ...received, message: received.message }).toEqual({
      ...rest,
      message: error.message,
    });
  });

  test("a foreign one does not say what it said", () => {
    const sent = packError(new TypeError("canary"));
    expect(JSON.stringify(sent)).not.toContain("canary");
    expect(unpackError(sent)).not.toBeInstanceOf(Sqs2pgError);
  });
});

describe("what becomes of a process", () => {
  const going = { isStopped: false, isKilled: false };
  const died = { type: "died", how: "SIGKILL" } as const;
  const started = {
    type: "started",
    ...{ run_id: "r", queue: "q", table: "t", max: undefined, dry_run: false },
    backlog: { visible: 9, in_flight: 0, delayed: 0 },
  } as const;
  const begun = (): ReturnType<typeof createMember> => {
    const member = createMember("process 2 of 3", systemClock);
    member.note(started);
    return member;
  };
  const fresh = (): ReturnType<typeof createMember> => createMember("process 2 of 3", systemClock);

  test("it reports, and its error is a failure", () => {
    const error = { kind: "failed", code: "a", message: "b" } as const;
    expect(begun().outcome({ type: "report", report: goodReport }, going)).toEqual({ report: goodReport });
    const report = { ...goodReport, stopped_because: "error" as const, error };
    expect(begun().outcome({ type: "report", report }, going).failure).toEqual({ error, thrown: undefined });
  });

  test("it dies: with what it has done, or with nothing", () => {
    const { report, failure } = begun().outcome(died, going);
    expect(report).toMatchObject({ run_id: "r", stopped_because: "error" });
    expect(failure?.error).toMatchObject({ kind: "failed", code: "process_died" });
    expect(failure?.error.message).toMatch(/^process 2 of 3 has died \(SIGKILL\): .*none of it is lost/);
    expect(fresh().outcome(died, going)).toMatchObject({ report: undefined, failure: { error: {} } });
  });

  test("it dies of the signal that was for all, before it listened: it was interrupted", () => {
    const outcome = fresh().outcome(died, { ...going, isStopped: true });
    expect(outcome).toEqual({ report: undefined, failure: undefined });
    expect(begun().outcome(died, { ...going, isStopped: true }).failure).toBeDefined();
  });

  test("it is ended at once: that is no failure", () => {
    const { report, failure } = begun().outcome(died, { isStopped: true, isKilled: true });
    expect([report?.stopped_because, failure]).toEqual(["signal", undefined]);
  });

  test("without any report the first failure is thrown, else that it was interrupted", () => {
    const options = { max: undefined, isInterrupted: false };
    const thrown = new UsageError("a", "b");
    const { failure } = fresh().outcome({ type: "thrown", error: packError(thrown) }, going);
    const interrupted = fresh().outcome({ type: "thrown", error: packError(new InterruptedError()) }, going);
    expect(() => concluded([interrupted], { ...options, failure })).toThrow(UsageError);
    expect(() => concluded([interrupted], { ...options, failure: undefined })).toThrow(InterruptedError);
    const report = { report: goodReport, failure: undefined };
    expect(concluded([report, interrupted], { ...options, failure })).toMatchObject({
      ...{ stopped_because: "error", error: { code: "a" }, run_id: goodReport.run_id },
    });
    expect(
      concluded([interrupted, report], { ...options, isInterrupted: true, failure: undefined })
        .stopped_because,
    ).toBe("signal");
  });
});
