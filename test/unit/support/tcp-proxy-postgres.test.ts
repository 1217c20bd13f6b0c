import { expect, test } from "vitest";
import { LOAD_STATEMENT, whenAnswered, whenAsked } from "../../support/tcp-proxy/postgres.js";
import type { Direction, Verdict, Watch } from "../../support/tcp-proxy.js";

function message(type: string, body = ""): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type, "latin1"), length, Buffer.from(body, "latin1")]);
}

const START_UP = message("", "\x00\x03\x00\x00user\x00ann\x00\x00");
const LOAD = Buffer.concat([
  message("P", "\x00with incoming as (select 1)\x00\x00\x00"),
  message("B", "x".repeat(500)),
  message("E", "\x00\x00\x00\x00\x00"),
  message("S"),
]);
const BEGIN = message("Q", "BEGIN;\x00");
const DONE = [message("1"), message("2"), message("D", "row"), message("C", "SELECT 1\x00")];
const IDLE = message("Z", "I");
const IN_BLOCK = message("Z", "T");

/** All verdicts, of the same bytes in chunks of this size. */
function verdicts(watch: Watch, direction: Direction, bytes: Buffer, size: number): Verdict[] {
  const result: Verdict[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    result.push(watch(direction, bytes.subarray(start, start + size)));
  }
  return result;
}

test.each([1, 2, 3, 7, 64, 10_000])(
  "an answer to a load is held back until it is whole, in chunks of %i",
  (size) => {
    const watch = whenAnswered(LOAD_STATEMENT, { deliver: (bytes) => bytes - 1 })();
    expect(new Set(verdicts(watch, "up", START_UP, size))).toEqual(new Set(["pass"]));
    expect(new Set(verdicts(watch, "down", IDLE, size))).toEqual(new Set(["pass"]));
    verdicts(watch, "up", LOAD, size);
    const answer = Buffer.concat([...DONE, IDLE]);
    const given = verdicts(watch, "down", answer, size);
    expect(given.at(-1)).toEqual({ deliver: answer.length - 1 });
    expect(new Set(given.slice(0, -1))).toEqual(new Set(given.length > 1 ? ["hold"] : []));
  },
);

test.each([
  ["in a transaction block", Buffer.concat([...DONE, IN_BLOCK])],
  ["that was refused", Buffer.concat([message("E", "SERROR\x00\x00"), IDLE])],
])("an answer %s is not one to a commit", (_, answer) => {
  const watch = whenAnswered()();
  watch("up", START_UP);
  watch("up", LOAD);
  expect(watch("down", answer)).toBe("pass");
});

test.each(["with incoming as (", "with incoming_1 as materialized (", "with fresh as (\n  insert"])(
  "a load begins with '%s'",
  (text) => expect(text).toMatch(LOAD_STATEMENT),
);

test("an answer to another statement is not held back", () => {
  const watch = whenAnswered()();
  watch("up", START_UP);
  watch("up", LOAD);
  watch("up", message("Q", "select 1\x00"));
  expect(watch("down", Buffer.concat([...DONE, IDLE]))).toBe("pass");
});

test("a statement is noticed when it is sent, but not in a transaction block", () => {
  const watch = whenAsked()();
  watch("up", START_UP);
  watch("down", IDLE);
  expect(watch("up", BEGIN)).toBe("pass");
  watch("down", IN_BLOCK);
  expect(watch("up", LOAD)).toBe("pass");
  watch("down", Buffer.concat([...DONE, IDLE]));
  const given = verdicts(watch, "up", LOAD, 9);
  expect(given.filter((verdict) => verdict !== "pass")).toEqual([{ deliver: 0 }]);
});
