import { describe, expect, test } from "vitest";
import { type Contender, measureRates, medianOf, processorMs } from "../../../bench/support/rates.js";

/** A clock that only the contenders move, and what happened in which order. */
function setUp() {
  let nowMs = 0;
  const order: string[] = [];
  const contender = (name: string, values: number, tookMs: (call: number) => number): Contender => {
    let calls = 0;
    return {
      name,
      values,
      work: () => {
        calls += 1;
        nowMs += tookMs(calls);
        order.push(name);
      },
    };
  };
  return { contender, order, now: () => nowMs };
}

describe("rates", () => {
  test("are values a second, of as many pieces as take long enough", async () => {
    const { contender, order, now } = setUp();
    const contenders = [contender("fast", 10, () => 20), contender("slow", 10, () => 200)];
    const rates = await measureRates(contenders, { rounds: 1, leastMs: 50, now });
    expect(rates.get("fast")).toEqual([500]);
    expect(rates.get("slow")).toEqual([50]);
    expect(order.slice(4)).toEqual(["fast", "fast", "fast", "slow"]);
  });

  test("leave out the round that warms up, and prepare each measurement", async () => {
    const { contender, now, order } = setUp();
    const contenders = [contender("a", 1, (call) => (call === 1 ? 1_000 : 10)), contender("b", 1, () => 10)];
    const prepare = (): void => void order.push("-");
    const rates = await measureRates(contenders, { rounds: 2, leastMs: 10, now, prepare });
    expect(rates.get("a")).toEqual([100, 100]);
    expect(order.join("")).toBe("-a-b-a-b-a-b");
  });

  test("count the time of what has to be waited for", async () => {
    const { contender, now } = setUp();
    const { work, ...rest } = contender("late", 1, () => 5);
    const late: Contender = { ...rest, work: async () => Promise.resolve().then(work) };
    const rates = await measureRates([late], { rounds: 1, leastMs: 10, now });
    expect(rates.get("late")).toEqual([200]);
  });
});

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])("the median of %j is %d", (numbers, median) => {
  expect(medianOf(numbers)).toBe(median);
});

test("the processor time of this process never goes back", () => {
  const before = processorMs();
  expect(before).toBeGreaterThan(0);
  expect(processorMs()).toBeGreaterThanOrEqual(before);
});
