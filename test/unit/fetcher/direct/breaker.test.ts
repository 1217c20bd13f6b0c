import { beforeEach, expect, test } from "vitest";
import { type Attempt, type Breaker, createBreaker } from "../../../../src/fetcher/sqs/direct/breaker.js";

let nowMs: number;
let breaker: Breaker;

beforeEach(() => {
  nowMs = 1_000_000;
  breaker = createBreaker(() => nowMs);
});

function begin(): Attempt {
  const attempt = breaker.begin();
  if (attempt === undefined) throw new Error("there is a pause");
  return attempt;
}

/** Fails, and says how long the pause is. */
function pauseAfterFailure(): number {
  begin().failed();
  const fromMs = nowMs;
  while (breaker.begin() === undefined) nowMs += 500;
  return nowMs - fromMs;
}

test("there is no pause until a try fails", () => {
  begin().succeeded();
  begin().succeeded();
  begin().failed();
  expect(breaker.begin()).toBeUndefined();
});

test("each failure in a row doubles the pause, up to a minute", () => {
  const pauses = Array.from({ length: 8 }, pauseAfterFailure);
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("a success makes the next pause a short one", () => {
  pauseAfterFailure();
  pauseAfterFailure();
  begin().succeeded();
  expect(pauseAfterFailure()).toBe(1000);
});

test("tries that fail together are one failure", () => {
  for (const attempt of [begin(), begin(), begin()]) attempt.failed();
  nowMs += 1000;
  expect(breaker.begin()).toBeDefined();
  expect(pauseAfterFailure()).toBe(2000);
});

test("a try that began before a failure ends no pause and no doubling", () => {
  const early = begin();
  begin().failed();
  early.succeeded();
  expect(breaker.begin()).toBeUndefined();
  nowMs += 1000;
  expect(pauseAfterFailure()).toBe(2000);
});

test("a try that was given up counts as none", () => {
  begin();
  expect(pauseAfterFailure()).toBe(1000);
});
