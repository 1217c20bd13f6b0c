import { describe, expect, test } from "vitest";
import { classifySqlState, leavesOutcomeUnknown } from "../../../src/loader/errors/sqlstate.js";

const expected = {
  data: "22001 22003 22007 22021 22P02 22P05 23502 23503 23505 23514 23P01 40002 44000 54000 P0001 U0001 ZZ123",
  transient:
    "08000 08003 08006 08P01 40001 40003 40P01 53000 53100 53200 53300 55P03 57014 57P01 57P02 57P03 57P05",
  fatal:
    "0A000 25006 26000 28000 28P01 3D000 3F000 42501 42601 42703 42804 42P01 54001 55000 57P04 58030 XX000 XX001",
} as const;

describe.each(Object.entries(expected))("%s", (classOf, codes) => {
  test.each(codes.split(" "))("%s", (sqlState) => {
    expect(classifySqlState(sqlState)).toBe(classOf);
  });
});

test("only a session that died leaves the outcome open", () => {
  const open = `${expected.data} ${expected.transient} ${expected.fatal}`
    .split(" ")
    .filter(leavesOutcomeUnknown);
  expect(open).toEqual(["08000", "08003", "08006", "08P01", "40003", "57P01", "57P02", "57P05"]);
});
