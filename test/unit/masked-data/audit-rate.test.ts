import { isIPv4 } from "node:net";
import { expect, test } from "vitest";
import { CANDIDATES } from "../../../src/masked-data/audit-kinds.js";
import { candidatesPerSecond } from "../../../src/masked-data/audit-rate.js";

/** A machine on which each batch takes the next of these times, in milliseconds, and the last of them for good. */
function machine(...batchMs: number[]): {
  readonly stopwatch: () => number;
  readonly readings: () => number;
} {
  let now = 0;
  let readings = 0;
  let isStart = true;
  return {
    readings: () => readings,
    stopwatch: () => {
      readings += 1;
      if (!isStart) now += (batchMs.length > 1 ? batchMs.shift() : batchMs[0]) ?? 0;
      isStart = false;
      return now;
    },
  };
}

test("the rate is candidates by time, in the middle of many rounds", () => {
  const masked: string[] = [];
  const mask = (value: string): string => {
    masked.push(value);
    return value;
  };
  const { stopwatch } = machine(20);
  expect(candidatesPerSecond(mask, CANDIDATES.ipv4, stopwatch)).toBe(51_200);
  expect(masked.every((value) => isIPv4(value))).toBe(true);
  expect(new Set(masked).size).toBe(1_024);
  // From the whole of the space, and not from its beginning.
  expect(new Set(masked.map((value) => value.split(".")[0])).size).toBe(256);
});

test("a slow start does not count, and rounds last long enough in all", () => {
  const { stopwatch, readings } = machine(500, 500, 500, 5);
  expect(candidatesPerSecond((value) => value, CANDIDATES.phone, stopwatch)).toBe(204_800);
  expect(readings()).toBeGreaterThan(40);
});

test("what cannot be counted cannot be measured", () => {
  expect(
    candidatesPerSecond(
      (value) => value,
      CANDIDATES.email,
      () => 0,
    ),
  ).toBeUndefined();
});
