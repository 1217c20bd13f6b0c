import { expect, test } from "vitest";
import { createStopper } from "../../../src/drain/stopper.js";
import { DatabaseError } from "../../../src/errors.js";

test("without a reason the queue was empty", () => {
  const stopper = createStopper(() => {});
  expect(stopper.because()).toBe("empty");
  expect(stopper.signal.aborted).toBe(false);
  expect(stopper.error()).toBeUndefined();
});

test("the first reason counts", () => {
  const stopper = createStopper(() => {});
  stopper.note("max");
  expect(stopper.signal.aborted).toBe(false);
  stopper.stop("signal");
  expect(stopper.signal.aborted).toBe(true);
  expect(stopper.because()).toBe("max");
});

test("a run that is stopped short did not get to an end that was only noted; a stop before counts", () => {
  const atItsEnd = createStopper(() => {});
  atItsEnd.note("max");
  atItsEnd.stopShort("rejects");
  expect(atItsEnd.because()).toBe("rejects");
  expect(atItsEnd.signal.aborted).toBe(true);

  const interrupted = createStopper(() => {});
  interrupted.stop("signal");
  interrupted.stopShort("rejects");
  expect(interrupted.because()).toBe("signal");
});

test("a run that is cut off did not get to its end, whatever that was", () => {
  const stopper = createStopper(() => {});
  stopper.note("empty");
  stopper.cutOff("signal");
  expect(stopper.because()).toBe("signal");
  expect(stopper.signal.aborted).toBe(true);
});

test("an error comes before all reasons, and only the first error is told", () => {
  const told: unknown[] = [];
  const stopper = createStopper((error) => told.push(error));
  stopper.stop("signal");
  const first = new DatabaseError("unavailable", "database_unreachable", "the database does not answer");
  const second = new Error("later");
  stopper.fail(first);
  stopper.fail(second);
  expect(stopper.because()).toBe("error");
  expect(stopper.hasFailed()).toBe(true);
  expect(stopper.error()).toEqual({
    kind: "unavailable",
    code: "database_unreachable",
    message: "the database does not answer",
  });
  expect(told).toEqual([first]);
});

test("an error that is not ours does not speak: it may quote values", () => {
  const stopper = createStopper(() => {});
  stopper.fail(new Error("duplicate key (ip)=(199.172.111.135)"));
  expect(stopper.error()).toEqual({
    kind: "failed",
    code: "internal",
    message: "an unexpected error ended the run",
  });
});

test("what ended receiving is known, whatever was noted before", () => {
  const stopper = createStopper(() => {});
  expect(stopper.endedBy()).toBeUndefined();
  stopper.note("max");
  stopper.stop("max-duration");
  stopper.stop("signal");
  expect([stopper.because(), stopper.endedBy()]).toEqual(["max", "max-duration"]);
  expect(stopper.stopShort("max-duration")).toBe(true);
  expect(stopper.because()).toBe("max-duration");
});
