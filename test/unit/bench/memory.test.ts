import { describe, expect, test } from "vitest";
import { highestBetween, readMemory } from "../../../bench/support/memory.js";

describe.skipIf(process.platform !== "linux")("the memory of a process", () => {
  test("is what the process itself says of its own", async () => {
    const memory = await readMemory(process.pid);
    const ownMiB = process.memoryUsage.rss() / 1024 ** 2;
    expect(memory?.nowMiB).toBeGreaterThan(ownMiB * 0.8);
    expect(memory?.nowMiB).toBeLessThan(ownMiB * 1.25);
    expect(memory?.peakMiB).toBeGreaterThanOrEqual(memory?.nowMiB ?? Number.NaN);
  });

  test("is unknown when there is no such process", async () => {
    expect(await readMemory(0)).toBeUndefined();
  });
});

test("the highest sample of a part of a run", () => {
  const samples = [10, 50, 30, 20].map((nowMiB, index) => ({ nowMiB, peakMiB: 50, progress: index / 4 }));
  expect(highestBetween(samples, 0.3, 1)).toBe(30);
  expect(highestBetween(samples, 0, 1)).toBe(50);
  expect(highestBetween(samples, 0.8, 1)).toBe(0);
});
