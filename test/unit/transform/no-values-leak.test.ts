import fc from "fast-check";
import { expect, test } from "vitest";
import { type BodyFormat, PLAIN_BODY } from "../../../src/config/formats.js";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import { shapeOfBody } from "../../../src/transform/body/shape-of-body.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { keysOf, shapeOf } from "../../../src/transform/shape.js";
import { SCALAR_TYPES } from "../../../src/types/column-type.js";
import { base64, bridgeEvent, gzipBase64, s3Pointer, snsNotification } from "../../support/wrapped-bodies.js";
import { message, openMask } from "./support.js";

const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "login" });
const transform = compileTransform({ pipelines: [pipeline], maskFor: openMask, queueName: "q", runId: "r" });

/** Values that no text of ours holds by chance. */
const canary = fc.oneof(
  fc.integer({ min: 0, max: 1e9 }).map((number) => `Zq${number}Xj`),
  fc.integer({ min: 1, max: 9 }).map((digit) => `${digit}9283`.repeat(12)),
  fc.constantFrom("10.77.88.99", "2001:db8::7777", "anna.zq@example.org", "593-47-5928"),
);
const number = fc.integer({ min: 10_000_000, max: 2 ** 45 });
const field = fc.constantFrom("user_id", "ip", "device_id", "locale", "device_type", "app_version", "other");

function texts(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

const leaf = fc.oneof(canary, number);
const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(field, leaf));

test("no value of a body is in its reject or its shape", () => {
  let rejects = 0;
  fc.assert(
    fc.property(fc.dictionary(field, value), fc.constantFrom("", "x", "}"), (record, garbage) => {
      const body = JSON.stringify(record) + garbage;
      const outcome = transform(message(body));
      if ("rows" in outcome) return;
      rejects++;
      const told = JSON.stringify(outcome) + JSON.stringify(shapeOf(body, keysOf([pipeline])));
      for (const text of texts(record)) expect(told).not.toContain(text);
    }),
    { numRuns: 2000 },
  );
  expect(rejects).toBeGreaterThan(500);
});

/** A column of each type, with each kind of converter that it can have. */
const everyType: Record<string, ColumnConfig> = Object.fromEntries(
  SCALAR_TYPES.flatMap((name): [string, ColumnConfig][] => {
    const type =
      name === "varchar" || name === "char" ? `${name}(3)` : name === "numeric" ? "numeric(4,2)" : name;
    const own = (value: unknown): unknown => {
      if (typeof value === "string") throw new Error(value);
      return value;
    };
    return [
      [name, { from: "value", type }],
      [`${name} list`, { from: "value", type: `${type}[]` }],
      [`${name} inner`, { from: "value[0].other", type }],
      [`${name} own`, { from: "value", type, convert: own }],
    ];
  }),
);

test("no value is in the reject of a column of any type", () => {
  const transforms = Object.entries(everyType).map(([name, column]) => {
    const columns = { [name]: column };
    const read = parsePipeline({ queue: "q", table: "t", columns }, { source: "types" });
    return compileTransform({ pipelines: [read.pipeline], maskFor: openMask, queueName: "q", runId: "r" });
  });
  let rejects = 0;
  fc.assert(
    fc.property(fc.oneof(value, fc.array(value)), (given) => {
      const sent = message(JSON.stringify({ value: given }));
      for (const typed of transforms) {
        const outcome = typed(sent);
        if ("rows" in outcome) continue;
        rejects++;
        const told = JSON.stringify(outcome);
        for (const text of texts(given)) expect(told).not.toContain(text);
      }
    }),
    { numRuns: 100 },
  );
  expect(rejects).toBeGreaterThan(2_000);
});

test("nor is it when the body is encoded, wrapped, a list or somewhere else", () => {
  const wrappings: readonly (readonly [Partial<BodyFormat>, (json: string) => string])[] = [
    [{ encoding: "base64" }, base64],
    [{ encoding: "gzip+base64" }, gzipBase64],
    [{ envelope: "sns" }, (json) => snsNotification(json)],
    [{ envelope: "auto", encoding: "base64" }, (json) => snsNotification(base64(json))],
    [{ envelope: "eventbridge" }, (json) => bridgeEvent(JSON.parse(json))],
    [{}, (json) => `[{"user_id":"u"},${json}]`],
    [{}, (json) => `{"user_id":"u"}\n${json}`],
    [{}, (json) => `{"user_id":"u"}\n${json}}`],
    [{ s3Buckets: ["payloads"] }, () => s3Pointer("payloads", "9283Zq77")],
    [{}, (json) => s3Pointer("payloads", json)],
  ];
  let rejects = 0;
  fc.assert(
    fc.property(fc.dictionary(field, value), fc.constantFrom(...wrappings), (record, [format, wrap]) => {
      const json = JSON.stringify(record);
      const body: BodyFormat = { ...PLAIN_BODY, ...format };
      const made = compileTransform({
        ...{ pipelines: [{ ...pipeline, body }], maskFor: openMask, queueName: "q", runId: "r" },
      });
      const wrapped = wrap(json);
      const outcome = made(message(wrapped), json);
      if ("rows" in outcome) return;
      rejects++;
      const shape = shapeOfBody({ body: wrapped }, body, keysOf([pipeline]), json);
      const told = JSON.stringify(outcome) + JSON.stringify(shape);
      for (const text of [...texts(record), "9283Zq77"]) expect(told).not.toContain(text);
    }),
    { numRuns: 2000 },
  );
  expect(rejects).toBeGreaterThan(500);
});

test("no key that could be somebody's is in a shape", () => {
  fc.assert(
    fc.property(fc.dictionary(canary, leaf), (record) => {
      const told = JSON.stringify(shapeOf(JSON.stringify({ users: record })));
      for (const text of [...Object.keys(record), ...texts(record)]) expect(told).not.toContain(text);
    }),
  );
});
