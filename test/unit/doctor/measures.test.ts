import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clockCheck } from "../../../src/doctor/checks/speed.js";
import { aheadMs, readDateHeader, reading } from "../../../src/doctor/clock-difference.js";
import { estimate, median } from "../../../src/doctor/estimate.js";
import { milliseconds, roundly, span } from "../../../src/doctor/words.js";
import { found, toolsOf } from "./support.js";

const AT = Date.UTC(2026, 2, 1, 12);

function headerAt(theirMs: number, ourMs: number, roundTripMs = 40): ReturnType<typeof readDateHeader> {
  const date = new Date(theirMs).toUTCString();
  return readDateHeader({ date, sentAtMs: ourMs - roundTripMs / 2, answeredAtMs: ourMs + roundTripMs / 2 });
}

describe("clocks", () => {
  test("clocks that agree are never found to differ, whatever the round trip and the part of a second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 5_000 }), (part, trip) => {
        const date = headerAt(AT + part, AT + part, trip);
        expect(date === undefined ? 1 : Math.abs(aheadMs(date))).toBe(0);
      }),
    );
  });

  test("a difference is told with its sign, and less what measuring cannot tell", () => {
    expect(aheadMs(reading(AT, 0, { sentAtMs: AT + 9_990, answeredAtMs: AT + 10_010 }))).toBe(9_990);
    expect(aheadMs(reading(AT, 500, { sentAtMs: AT - 60_000, answeredAtMs: AT - 60_000 }))).toBe(-59_500);
    expect(readDateHeader({ date: undefined, sentAtMs: 0, answeredAtMs: 0 })).toBeUndefined();
    expect(readDateHeader({ date: "canary", sentAtMs: 0, answeredAtMs: 0 })).toBeUndefined();
  });

  test.each<[what: string, sqsMs: number, databaseMs: number, status: string, says: RegExp]>([
    ["all agree", 0, 1_000, "ok", /agrees with SQS and the database/],
    ["SQS is behind", -30_000, 0, "warning", /^this machine is 29 s ahead of SQS$/],
    ["the database is before us", 0, 600_000, "warning", /^this machine is 10 min behind the database$/],
    ["beyond a signature", 400_000, 0, "warning", /6 min behind SQS: AWS refuses what is signed with it/],
  ])("%s", async (_what, sqsMs, databaseMs, status, says) => {
    const tools = toolsOf();
    const header = headerAt(AT + sqsMs, AT);
    if (header !== undefined) tools.facts.sqsClock.set(header);
    tools.facts.databaseClock.set(reading(AT + databaseMs, 0, { sentAtMs: AT, answeredAtMs: AT }));
    const finding = await found(clockCheck, tools);
    expect(finding).toMatchObject({ status, found: expect.stringMatching(says) });
  });

  test("nobody has told the time", async () => {
    expect((await found(clockCheck, toolsOf())).status).toBe("skipped");
  });
});

test("the middle of a few", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
});

test.each<[sqsMs: number, databaseMs: number, fifo: boolean, perSecond: number, bound: string]>([
  [2, 0.3, false, 20_000, "this process"],
  [80, 0.3, false, 2_000, "SQS"],
  [5, 900, false, 2_000, "the database"],
  [2, 0.3, true, 3_000, "SQS"],
])("a call of %d ms, a statement of %d ms, FIFO %s", (sqsMs, databaseMs, fifo, perSecond, bound) => {
  expect(estimate({ sqsMs, databaseMs, fifo })).toEqual({ perSecond, bound });
});

test("figures in round words", () => {
  expect([45, 600, 90_000, 1_209_600].map(span)).toEqual(["45 s", "10 min", "25 h", "14 days"]);
  expect([0.31, 9.96, 140.4].map(milliseconds)).toEqual(["0.3 ms", "10 ms", "140 ms"]);
  expect([0.2, 7_123, 380].map(roundly)).toEqual([1, 7_000, 400]);
});
