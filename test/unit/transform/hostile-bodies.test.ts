import { expect, test } from "vitest";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { createMask, parseKey } from "../../../src/masking/index.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { shapeOf } from "../../../src/transform/shape.js";
import { expectedRow } from "../../support/hostile-bodies/expected-row.js";
import { BEYOND_SQS, HOSTILE_BODIES } from "../../support/hostile-bodies.js";
import { message } from "./support.js";

const KEY = "sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const SENT_AT_MS = Date.UTC(2026, 0, 31);

const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "login" });
const transform = compileTransform({
  pipelines: [pipeline],
  maskFor: (spec) => createMask(spec, parseKey(KEY)),
  queueName: "login-queue",
  runId: "run",
});

test.each([...HOSTILE_BODIES, ...BEYOND_SQS])("$name", ({ body, expected }) => {
  const outcome = transform(message(body, { sentAtMs: SENT_AT_MS }));
  if ("reject" in expected) {
    expect(outcome).toMatchObject({ reject: expected.reject });
    return;
  }
  const { isVersionOdd } = expected.row;
  const row = expectedRow(expected.row, SENT_AT_MS, KEY);
  expect(outcome).toEqual({
    rows: [
      {
        target: 0,
        values: pipeline.columns.map(({ name }) => Reflect.get(row, name)),
        ...(isVersionOdd && { warnings: [{ column: "app_version", code: "not_convertible" }] }),
      },
    ],
  });
});

test("each body has a small shape, which jsonb can hold", () => {
  for (const { name, body } of HOSTILE_BODIES) {
    const shape = JSON.stringify(shapeOf(body));
    expect(shape.length, name).toBeLessThan(30_000);
    expect(shape, name).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  }
});

test("nothing of a body stays behind for the next one", () => {
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("the corpus has many kinds of body, each under a name of its own", () => {
  const names = HOSTILE_BODIES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(HOSTILE_BODIES.map(({ body }) => body)).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(900);
});
