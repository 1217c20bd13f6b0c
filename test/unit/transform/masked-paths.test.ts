import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { type Path, printPath } from "../../../src/config/path.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import { ConfigError } from "../../../src/errors.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { message, openMask } from "./support.js";

const CANARY = "canary-77";

const key = fc.constantFrom("a", "b", "__proto__");
const step = fc.oneof(
  { weight: 3, arbitrary: key },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 1 }) },
);
const path = fc.tuple(key, fc.array(step, { maxLength: 3 })).map(([first, rest]): Path => [first, ...rest]);

/** What masks a path: of its value nothing may be seen elsewhere. */
const masked = fc.record({
  path,
  column: fc.record({
    type: fc.constant("text"),
    on_error: fc.constantFrom("reject", "null"),
    isRoot: fc.boolean(),
  }),
});
const clear = fc.record({
  from: fc.oneof(
    path.map(printPath),
    path.map((keys) => `$.${printPath(keys)}`),
    fc.constant("$rest"),
  ),
  type: fc.constantFrom("json", "jsonb", "jsonb[]", "text", "text[]"),
  own: fc.boolean(),
  on_error: fc.constantFrom("reject" as const, "null" as const),
});

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("x", 1, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** The record with a value at a path, whatever was on its way. */
function withValueAt(record: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (typeof first === "number") {
    const list: unknown[] = Array.isArray(record) ? [...record] : [];
    // As long as any index needs it, so that no place moves when another value is put in.
    while (list.length < 3) list.push(null);
    const place = first < 0 ? list.length + first : first;
    list[place] = withValueAt(list[place], rest, value);
    return list;
  }
  const isObject = typeof record === "object" && record !== null && !Array.isArray(record);
  const entries = new Map(isObject ? Object.entries(record) : []);
  return Object.fromEntries(entries.set(first, withValueAt(entries.get(first), rest, value)));
}

function pipelineOf(
  columns: Record<string, ColumnConfig>,
  records: string | undefined,
): Pipeline | undefined {
  try {
    const config = { queue: "q", table: "t", columns, ...(records === undefined ? {} : { records }) };
    return parsePipeline(config, { source: "test" }).pipeline;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

type Secret = typeof masked extends fc.Arbitrary<infer One> ? One : never;

/** A record with a value at each masked path; `records`: also in each element of the array there. */
function recordWith(
  secrets: readonly Secret[],
  base: unknown,
  value: unknown,
  records: string | undefined,
): unknown {
  const put = (record: unknown, inElement: boolean): unknown =>
    secrets
      .filter(({ column: { isRoot } }) => inElement !== (isRoot || records === undefined))
      .reduce<unknown>((all, { path: keys }) => withValueAt(all, keys, value), record);
  const around =
    records === undefined
      ? base
      : withValueAt(
          base,
          [records],
          [0, 1, 2].map((n) => put({ n }, true)),
        );
  return put(around, false);
}

test("nothing of a value that a column masks is in any cell, whatever else reads around it", () => {
  const looks = { one: 0, several: 0 };
  const maskedOnes = fc.array(masked, { minLength: 1, maxLength: 3 });
  const hidden = fc.constantFrom<unknown>(CANARY, { a: CANARY }, [CANARY, { b: CANARY }]);
  const where = fc.option(fc.constant("a"), { nil: undefined });
  fc.assert(
    fc.property(
      maskedOnes,
      fc.array(clear, { maxLength: 5 }),
      json,
      hidden,
      where,
      (secrets, others, base, value, records) => {
        const columns: Record<string, ColumnConfig> = {};
        for (const [
          index,
          {
            path: keys,
            column: { isRoot, type, on_error },
          },
        ] of secrets.entries()) {
          const from = `${isRoot ? "$." : ""}${printPath(keys)}`;
          columns[`m${index}`] = { from, type, mask: "hmac-sha256", on_error };
        }
        for (const [index, { own, ...column }] of others.entries()) {
          const convert = (given: unknown): unknown => JSON.stringify(given);
          columns[`c${index}`] = { ...column, ...(own ? { convert, type: "text" } : {}) };
        }
        const pipeline = pipelineOf(columns, records);
        if (pipeline === undefined) return;
        const transform = compileTransform({
          pipelines: [pipeline],
          maskFor: openMask,
          queueName: "q",
          runId: "r",
        });
        const outcome = transform(message(JSON.stringify(recordWith(secrets, base, value, records))));
        if ("rows" in outcome) looks[records === undefined ? "one" : "several"] += 1;
        expect(JSON.stringify(outcome)).not.toContain("canary");
      },
    ),
    { numRuns: 12_000 },
  );
  expect(looks.one).toBeGreaterThan(200);
  expect(looks.several).toBeGreaterThan(100);
});

test.each([
  '{"user":[{"email":"canary-77"}]}',
  '{"user":"canary-77"}',
  '{"user":{"email":{"it":"canary-77"}}}',
  '{"user":{"email":["canary-77"]}}',
])("what stands where the masked value is looked for goes with it: %s", (body) => {
  const columns: Readonly<Record<string, ColumnConfig>> = {
    masked: { from: "user.email", type: "text", mask: "sha256", on_error: "null" },
    around: { from: "user", type: "jsonb" },
    rest: { from: "$rest", type: "jsonb" },
  };
  const { pipeline } = parsePipeline({ queue: "q", table: "t", columns }, { source: "f" });
  const transform = compileTransform({
    ...{ pipelines: [pipeline], maskFor: openMask, queueName: "q", runId: "r" },
  });
  const outcome = transform(message(body));
  expect(outcome).toHaveProperty("rows");
  expect(JSON.stringify(outcome)).not.toContain(CANARY);
});
