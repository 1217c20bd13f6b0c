import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { shapeOf } from "../../../src/transform/shape.js";
import { loginTransform, message, openMask } from "./support.js";

const types = ["text", "varchar(4)", "smallint", "integer", "bigint", "boolean", "date", "timestamptz"];
const { pipeline } = parsePipeline(
  {
    queue: "q",
    table: "t",
    columns: Object.fromEntries(types.map((type, index) => [type, { from: `k${index}`, type }])),
  },
  { source: "test" },
);
const transforms = [
  loginTransform(),
  compileTransform({ pipeline, maskFor: openMask, queueName: "q", runId: "r" }),
];

function survives(body: string): void {
  for (const transform of transforms) {
    const outcome = transform(message(body));
    expect("row" in outcome).not.toBe("reject" in outcome);
    if ("reject" in outcome) expect(outcome.reject.code).toMatch(/^[a-z_]+$/);
  }
  const shape = JSON.stringify(shapeOf(body));
  expect(shape.length).toBeLessThan(30_000);
  // What jsonb can hold: no NUL and no lone surrogate, escaped or not.
  expect(shape).not.toMatch(/\\u0000|\\ud[89a-f]/i);
}

const key = fc.oneof(
  fc.constantFrom(
    "user_id",
    "ip",
    "app_version",
    "__proto__",
    "constructor",
    ...types.map((_, index) => `k${index}`),
  ),
  fc.string({ unit: "binary" }),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ depthSize: "small" }, tie("leaf"), fc.array(tie("json")), fc.dictionary(key, tie("json"))),
  leaf: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
  ),
}));

test("any JSON value is a row or a reject", () => {
  fc.assert(
    fc.property(json, (value) => survives(JSON.stringify(value))),
    { numRuns: 1000 },
  );
});

test("any object with the right keys is a row or a reject", () => {
  fc.assert(
    fc.property(fc.dictionary(key, json), (value) => survives(JSON.stringify(value))),
    { numRuns: 1000 },
  );
});

test("any text is a row or a reject", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), survives));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => survives(Buffer.from(bytes).toString("utf8"))));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) =>
      survives(String.fromCharCode(...units)),
    ),
  );
});
