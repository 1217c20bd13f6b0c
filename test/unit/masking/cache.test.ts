import { describe, expect, test } from "vitest";
import { cached } from "../../../src/masking/cache.js";

/** A cached function that counts how often it is really called. */
function counted(): { readonly ask: (value: string) => string; readonly calls: () => number } {
  let calls = 0;
  const ask = cached((value) => {
    calls += 1;
    return `masked ${value}`;
  });
  return { ask, calls: () => calls };
}

test("a value that comes again is not masked again", () => {
  const { ask, calls } = counted();
  for (let round = 0; round < 3; round += 1) {
    for (const value of ["", "a", "b", "__proto__", "constructor"])
      expect(ask(value)).toBe(`masked ${value}`);
  }
  expect(calls()).toBe(5);
});

describe("its bounds", () => {
  test("it remembers between 4,096 and 8,192 values, those that came last", () => {
    const { ask, calls } = counted();
    const values = Array.from({ length: 100_000 }, (_, index) => `${index}`);
    for (const value of values) {
      ask(value);
      ask(value);
    }
    expect(calls()).toBe(100_000);
    // Asking is remembering too, so each is asked once, the youngest first.
    const remembered = values.toReversed().findIndex((value) => {
      const before = calls();
      ask(value);
      return calls() !== before;
    });
    expect(remembered).toBeGreaterThanOrEqual(4_096);
    expect(remembered).toBeLessThanOrEqual(8_192);
  });

  test("a value that keeps coming stays, however many others come between", () => {
    const { ask, calls } = counted();
    for (let index = 0; index < 50_000; index += 1) {
      ask("often");
      ask(`${index}`);
    }
    expect(calls()).toBe(50_001);
  });

  test("values of more than 256 UTF-16 units are not kept", () => {
    const { ask, calls } = counted();
    const [long, tooLong] = ["a".repeat(256), "a".repeat(257)];
    for (let round = 0; round < 3; round += 1) {
      ask(long);
      ask(tooLong);
    }
    expect(calls()).toBe(1 + 3);
  });
});

describe("where hardly any value comes again", () => {
  test("none is remembered for a while", () => {
    const { ask, calls } = counted();
    for (let index = 0; index < 5_000; index += 1) ask(`${index}`);
    ask("twice");
    ask("twice");
    expect(calls()).toBe(5_002);
  });

  test("it tries again, and keeps to it once they do", () => {
    const { ask, calls } = counted();
    for (let index = 0; index < 5_000; index += 1) ask(`${index}`);
    for (let index = 0; index < 100_000; index += 1) ask(`few ${index % 100}`);
    const before = calls();
    expect(before).toBeLessThan(5_000 + 8 * 4_096 + 200);
    for (let index = 0; index < 100_000; index += 1) ask(`few ${index % 100}`);
    expect(calls()).toBe(before);
  });
});

test.each([
  ["quick", false],
  ["slow", true],
] as const)("what is %s to mask: a fifth of known values is worth it: %s", (speed, isWorthIt) => {
  let calls = 0;
  const ask = cached((value) => {
    calls += 1;
    return value;
  }, speed);
  for (let index = 0; index < 25_000; index += 1) ask(index % 5 === 0 ? "often" : `${index}`);
  if (isWorthIt) expect(calls).toBe(20_001);
  else expect(calls).toBeGreaterThan(23_000);
});

test("what throws is tried again", () => {
  let calls = 0;
  const ask = cached((value: string): string => {
    calls += 1;
    throw new Error(value);
  });
  expect(() => ask("a")).toThrow("a");
  expect(() => ask("a")).toThrow("a");
  expect(calls).toBe(2);
});

test("two of them know nothing of each other", () => {
  const [one, other] = [cached((value) => `one ${value}`), cached((value) => `other ${value}`)];
  expect([one("a"), other("a"), one("a"), other("a")]).toEqual(["one a", "other a", "one a", "other a"]);
});

test("null is an answer like any other", () => {
  let calls = 0;
  const ask = cached((): null => {
    calls += 1;
    return null;
  });
  expect([ask("a"), ask("a")]).toEqual([null, null]);
  expect(calls).toBe(1);
});
