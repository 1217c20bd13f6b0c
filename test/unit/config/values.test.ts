import fc from "fast-check";
import { expect, test } from "vitest";
import { durationFlag, oneOfFlag, parseDuration, wholeNumberFlag } from "../../../src/config/values.js";

const max = wholeNumberFlag("--max", { min: 1 });
const wait = wholeNumberFlag("--wait", { min: 1, max: 20 });

test("whole numbers", () => {
  expect(max("1")).toBe(1);
  expect(max("1000000")).toBe(1_000_000);
  expect(wait("20")).toBe(20);
});

test.each(["0", "-1", "abc", "", " 1", "1.5", "1e3", "0x10", "1,000", "9007199254740992"])(
  "--max %j",
  (text) => {
    expect(() => max(text)).toThrow(`--max must be a whole number from 1 up, not ${JSON.stringify(text)}`);
  },
);

test("bounds are named with thousands separators, and a long value is cut", () => {
  expect(() => wait("21")).toThrow('--wait must be a whole number from 1 to 20, not "21"');
  const visibility = wholeNumberFlag("--visibility", { min: 10, max: 43_200 });
  expect(() => visibility("x".repeat(99))).toThrow(
    `--visibility must be a whole number from 10 to 43,200, not "${"x".repeat(40)}..."`,
  );
});

test.each([
  ["10m", 600_000],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["500ms", 500],
  ["1d2h3m4s5ms", 93_784_005],
  ["0s", 0],
])("%s", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(["", "10", "m", "-1m", "1.5h", "30m1h", "1m1m", "1 m", "10M", "ms"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test("a duration keeps to its bounds", () => {
  const maxDuration = durationFlag("--max-duration", { min: 1000 });
  expect(maxDuration("24d")).toBe(2_073_600_000);
  expect(() => maxDuration("0s")).toThrow(
    '--max-duration must be a duration from 1s to 24d, such as 90s, 10m or 1h30m, not "0s"',
  );
  expect(() => maxDuration("25d")).toThrow("from 1s to 24d");
});

test("a duration is the sum of its parts", () => {
  const part = fc.nat({ max: 500 });
  fc.assert(
    fc.property(part, part, part, (hours, minutes, seconds) => {
      expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(
        ((hours * 60 + minutes) * 60 + seconds) * 1000,
      );
    }),
  );
});

test("one of a few words", () => {
  const onReject = oneOfFlag("--on-reject", ["leave", "quarantine"]);
  expect(onReject("leave")).toBe("leave");
  expect(() => onReject("drop")).toThrow('--on-reject must be leave or quarantine, not "drop"');
});
