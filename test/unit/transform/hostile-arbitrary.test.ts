import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { openText, parseKey, sealText } from "../../../src/masking/index.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { shapeOf } from "../../../src/transform/shape.js";
import { anyBody } from "../../support/hostile-bodies/arbitrary.js";
import { loginTransform, message, openMask } from "./support.js";

const types = ["text", "varchar(4)", "smallint", "integer", "bigint", "boolean", "date", "timestamptz"];
const { pipeline } = parsePipeline(
  {
    queue: "q",
    table: "t",
    columns: Object.fromEntries(types.map((type, index) => [type, { from: `k${index % 4}`, type }])),
  },
  { source: "test" },
);
const transforms = [
  loginTransform(),
  compileTransform({ pipelines: [pipeline], maskFor: openMask, queueName: "q", runId: "r" }),
];

test("any body is a row or a reject, and its shape is small and fit for jsonb", () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      for (const transform of transforms) {
        const outcome = transform(message(body));
        expect("rows" in outcome).not.toBe("reject" in outcome);
        // A transform that throws is caught, and its message rejected as `internal`.
        if ("reject" in outcome) expect(outcome.reject.code).toMatch(/^(?!internal)[a-z0-9_]+$/);
      }
      const shape = JSON.stringify(shapeOf(body));
      expect(shape.length).toBeLessThan(30_000);
      expect(shape).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    }),
    { numRuns: 3_000 },
  );
});

test("any body comes back from its seal as it was", () => {
  const key = parseKey("sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  fc.assert(fc.property(anyBody, (body) => openText(key, sealText(key, body, "id"), "id") === body));
});
