import { describe, expect, test } from "vitest";
import { oneColumn, outcomeOf } from "../transform/support.js";

const tables: Record<string, [json: string, outcome: unknown][]> = {
  text: [
    ['"x"', "x"],
    ["1", "wrong_type"],
    ["null", null],
  ],
  "varchar(3)": [
    ['"abc"', "abc"],
    ['"abcd"', "too_long"],
    ['""', ""],
  ],
  smallint: [
    ["32767", 32767],
    ["32768", "out_of_range"],
    ["-32768", -32768],
    ["-32769", "out_of_range"],
  ],
  integer: [
    ["2147483647", 2147483647],
    ["2147483648", "out_of_range"],
    ["-2147483648", -2147483648],
    ["-2147483649", "out_of_range"],
    ["1.0", 1],
    ["1e3", 1000],
    ["-0", 0],
    ["1.5", "wrong_type"],
    ["1e400", "out_of_range"],
    ['"1"', "wrong_type"],
    ["true", "wrong_type"],
  ],
  bigint: [
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["9007199254740992", "9007199254740992"],
    ["9007199254740993", "9007199254740993"],
    ["9223372036854775807", "9223372036854775807"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["9223372036854775808", "out_of_range"],
    ["-9223372036854775809", "out_of_range"],
    ["9.223372036854775807e18", "9223372036854775807"],
    ["1234567890123450000", "1234567890123450000"],
    ["9007199254740993.5", "wrong_type"],
    ['"9223372036854775807"', "9223372036854775807"],
    ['"1.0"', "wrong_type"],
    ["9223372036854780000", "out_of_range"],
    ["1e30", "out_of_range"],
    ["0.5", "wrong_type"],
  ],
  boolean: [
    ["true", true],
    ["false", false],
    ['"true"', "wrong_type"],
    ["1", "wrong_type"],
  ],
  date: [
    ['"2024-02-29"', "2024-02-29"],
    ['"2023-02-29"', "invalid_date"],
    ['"1900-02-29"', "invalid_date"],
    ['"2000-02-29"', "2000-02-29"],
    ['"2023-04-31"', "invalid_date"],
    ['"0000-01-01"', "invalid_date"],
    ['"2023-13-01"', "invalid_date"],
    ['"2023-1-1"', "invalid_date"],
    ['"2023-01-01T00:00:00Z"', "invalid_date"],
    ['"today"', "invalid_date"],
    ["20230101", "wrong_type"],
  ],
  timestamptz: [
    ['"2023-09-13T12:00:00Z"', "2023-09-13T12:00:00Z"],
    ['"2023-09-13 12:00:00.123456+05:30"', "2023-09-13 12:00:00.123456+05:30"],
    ['"2023-09-13T12:00-08"', "2023-09-13T12:00-08"],
    ['"2023-09-13T12:00:00"', "invalid_timestamp"],
    ['"2023-02-30T12:00:00Z"', "invalid_timestamp"],
    ['"2023-09-13T24:00:00Z"', "invalid_timestamp"],
    ['"2023-09-13T12:60:00Z"', "invalid_timestamp"],
    ['"2016-12-31T23:59:60.5Z"', "invalid_timestamp"],
    ['"2023-09-13T12:00:00+16:00"', "invalid_timestamp"],
    ['"2023-09-13"', "invalid_timestamp"],
    ['"now"', "invalid_timestamp"],
    ["1694606400", "wrong_type"],
  ],
};

describe.each(Object.entries(tables))("%s", (type, cases) => {
  const transform = oneColumn({ type });
  test.each(cases)("%s -> %j", (json, outcome) => {
    expect(outcomeOf(transform, json)).toBe(outcome);
  });
});

test("every reason is a sentence that names the column and its type", () => {
  const outcome = oneColumn({ type: "varchar(3)" })({
    messageId: "m",
    body: '{"value":"abcd"}',
    sentAtMs: 0,
    receiveCount: 1,
    attributes: {},
  });
  expect(outcome).toEqual({
    reject: {
      stage: "transform",
      code: "too_long",
      field: "value",
      reason: "is longer than value varchar(3) allows",
    },
  });
});
