import { expect, test } from "vitest";
import { createTally } from "../../../src/drain/tally.js";
import type { Reject } from "../../../src/reject.js";

const reject = (code: string, field: string | null): Reject => ({
  stage: "transform",
  code,
  field,
  reason: "",
});

test("rejects are grouped by code and field, the most frequent first, with the first message as example", () => {
  const tally = createTally();
  tally.noteReject(reject("missing", "a"), "1", 1);
  tally.noteReject(reject("missing", "b"), "2", 1);
  tally.noteReject(reject("missing", "b"), "3", 1);
  tally.noteReject(reject("missing", null), "4", 1);
  expect(tally.rejectGroups()).toEqual([
    { code: "missing", field: "b", count: 2, example_message_id: "2" },
    { code: "missing", field: "a", count: 1, example_message_id: "1" },
    { code: "missing", field: null, count: 1, example_message_id: "4" },
  ]);
});

test("warnings are counted by column, whatever a column is called", () => {
  const tally = createTally();
  for (const column of ["app_version", "__proto__", "app_version", "constructor"]) {
    tally.noteWarnings([{ column, code: "not_convertible" }]);
  }
  expect(Object.entries(tally.warnings())).toEqual([
    ["app_version", { not_convertible: 2 }],
    ["__proto__", { not_convertible: 1 }],
    ["constructor", { not_convertible: 1 }],
  ]);
  expect({}).not.toHaveProperty("not_convertible");
});
