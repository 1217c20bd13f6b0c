import { expect, it } from "vitest";
import * as format from "../../../../src/cli/terminal/format.js";

it.each([
  [0, "0"],
  [999, "999"],
  [1_234_567, "1,234,567"],
  [Number.MAX_SAFE_INTEGER, "9,007,199,254,740,991"],
])("formats the count %d", (count, text) => expect(format.formatCount(count)).toBe(text));

it.each([
  [0, "0/s"],
  [0.04, "0.0/s"],
  [9.54, "9.5/s"],
  [99.94, "99.9/s"],
  [99.95, "100/s"],
  [12_340.4, "12,340/s"],
])("formats the rate %d", (rate, text) => expect(format.formatRate(rate)).toBe(text));

it.each([
  [0, "0.0 s"],
  [812, "0.8 s"],
  [12_345, "12.3 s"],
  [59_949, "59.9 s"],
  [59_950, "1 m 00 s"],
  [84_000, "1 m 24 s"],
  [3_599_499, "59 m 59 s"],
  [3_599_500, "1 h 00 m"],
  [7_380_000, "2 h 03 m"],
  [360_000_000, "100 h 00 m"],
])("formats the duration %d ms", (durationMs, text) => expect(format.formatDuration(durationMs)).toBe(text));

it.each([
  [1, "1 s"],
  [10_001, "11 s"],
  [60_000, "1 m 00 s"],
])("formats the remaining %d ms", (remainingMs, text) =>
  expect(format.formatRemaining(remainingMs)).toBe(text),
);

it.each([
  [0, "0 B"],
  [1_023, "1,023 B"],
  [1_024, "1.0 KiB"],
  [262_144, "256 KiB"],
  [1_048_575, "1.0 MiB"],
  [5 * 1_024 ** 4, "5.0 TiB"],
])("formats %d bytes", (bytes, text) => expect(format.formatBytes(bytes)).toBe(text));

it("writes moments in UTC", () => {
  expect(format.formatMoment(new Date("2026-03-01T00:59:59.999+02:00"))).toBe("2026-02-28 22:59:59 UTC");
  expect(format.formatMoment(new Date("nonsense"))).toBe("?");
});

it("counts things", () => {
  expect(format.plural(1, "message")).toBe("1 message");
  expect(format.plural(0, "message")).toBe("0 messages");
  expect(format.plural(1_204, "entry", "entries")).toBe("1,204 entries");
});
