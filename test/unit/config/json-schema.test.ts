import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { configJsonSchema } from "../../../src/config/json-schema.js";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { LOGIN_YAML } from "../../../src/config/login-yaml.js";
import { isMap } from "../../../src/config/reading.js";
import { pipelineSchema, pipelinesSchema } from "../../../src/config/schema.js";
import { keysAt, schemaOf } from "../../../src/config/schema-at.js";

const schema = configJsonSchema();
const validate: ValidateFunction = new Ajv({ allErrors: true }).compile(schema);
const columns = { c: { from: "c", type: "text" } };
const withColumn = (column: object): object => ({ table: "t", columns: { c: { ...columns.c, ...column } } });

test("it is JSON Schema as editors understand it best", () => {
  expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
});

test.each<[what: string, config: unknown]>([
  ["the built-in pipeline", LOGIN_PIPELINE],
  ["the built-in pipeline as a file", parseDocument(LOGIN_YAML).toJS()],
  ["one pipeline", { queue: "q", table: "t", schema: "s", columns }],
  [
    "several",
    {
      queue: "q",
      schema: "s",
      pipelines: { a: { table: "t", columns }, b: { queue: "r", table: "u", columns } },
    },
  ],
  ["where it is itself", { $schema: "./node_modules/sqs2pg/schema.json", table: "t", columns }],
  ["a mask by name", withColumn({ mask: "sha256", required: true, domain: "d", convert: "app-version" })],
  ["a mask with settings", withColumn({ mask: { strategy: "partial", keep_last: 4, key_id: "0123abcd" } })],
  [
    "variables anywhere",
    withColumn({
      required: "${R}",
      convert: "${C:-app-version}",
      mask: { strategy: "${M}", keep_last: "${N:-4}", key_id: "${ID}", on_invalid: "${I}" },
    }),
  ],
  ["a variable for a mask", withColumn({ mask: "${M}" })],
  ["a converter", withColumn({ convert: "trim", on_error: "null", default: { any: ["thing"] } })],
  ["several converters", withColumn({ convert: ["trim", "lower"], on_error: null })],
])("%s fits", (_what, config) => {
  validate(config);
  expect(validate.errors ?? []).toEqual([]);
});

test.each<[what: string, config: unknown]>([
  ["nothing", null],
  ["a list", []],
  ["no table", { columns }],
  ["an unknown setting", { table: "t", columns, colums: 1 }],
  ["an unknown setting of a column", withColumn({ maks: "sha256" })],
  ["an unknown mask", withColumn({ mask: "sha265" })],
  ["an unknown converter", withColumn({ convert: "trimm" })],
  ["an unknown converter among others", withColumn({ convert: ["trim", "lowr"] })],
  ["what converts nothing", withColumn({ convert: {} })],
  ["an unknown setting of a mask", withColumn({ mask: { strategy: "redact", replace: "" } })],
  ["text for a number", withColumn({ mask: { strategy: "partial", keep_last: "4" } })],
  ["text for true", withColumn({ required: "true" })],
  ["a number out of range", withColumn({ mask: { strategy: "partial", keep_last: -1 } })],
  ["no id of a key", withColumn({ mask: { strategy: "sha256", key_id: "xyz" } })],
  ["both forms at once", { table: "t", columns, pipelines: { a: { table: "t", columns } } }],
  ["a schema within a pipeline", { pipelines: { a: { table: "t", schema: "s", columns } } }],
])("%s does not", (_what, config) => {
  expect(validate(config)).toBe(false);
});

/** All settings that the schema has, with the path of each. */
function settingsIn(node: unknown, path: string): [path: string, setting: unknown][] {
  if (Array.isArray(node)) return node.flatMap((inner) => settingsIn(inner, path));
  if (!isMap(node)) return [];
  const own = Object.entries(isMap(node["properties"]) ? node["properties"] : {});
  return [
    ...own.flatMap(([key, inner]): [string, unknown][] => [
      [`${path}.${key}`, inner],
      ...settingsIn(inner, `${path}.${key}`),
    ]),
    ...settingsIn(node["additionalProperties"], `${path}.*`),
    ...settingsIn([node["anyOf"], node["allOf"], node["items"]], path),
  ];
}

test("every setting has a description for editors to show", () => {
  const settings = settingsIn(schema, "");
  const paths = settings.map(([path]) => path);
  expect(paths).toEqual(expect.arrayContaining([".columns.*.mask.keep_last", ".pipelines.*.columns.*.from"]));
  for (const key of keysAt(pipelineSchema, [])) expect(paths).toContain(`.${key}`);
  for (const key of keysAt(pipelinesSchema, ["pipelines", "x", "columns", "x"])) {
    expect(paths).toContain(`.pipelines.*.columns.*.${key}`);
  }
  const bare = settings.filter(
    ([, setting]) => !isMap(setting) || typeof setting["description"] !== "string",
  );
  expect(bare.map(([path]) => path)).toEqual([]);
});

describe("it agrees with the schema that it is made from", () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>("text", "sha256", "", 0, 4, -1, 1.5, true, null, [], {}, "0123abcd", "reject"),
    fc.record(
      {
        strategy: fc.constantFrom("partial", "redact", "nope", 1),
        keep_last: fc.constantFrom(0, -1, "4"),
        key_id: fc.constantFrom("0123abcd", "x"),
        ipv4_prefix: fc.constantFrom(8, 33, 1.5),
        nope: fc.constant(1),
      },
      { requiredKeys: [] },
    ),
  );
  const column = fc.dictionary(fc.constantFrom(...keysAt(pipelineSchema, ["columns", "c"]), "nope"), value);
  const one = fc.record(
    {
      queue: fc.constantFrom<unknown>("q", "", 1),
      table: fc.constantFrom<unknown>("t", 1),
      schema: fc.constantFrom<unknown>("s", 1),
      columns: fc.oneof(fc.dictionary(fc.constantFrom("a", "b"), column), value),
      nope: value,
    },
    { requiredKeys: [] },
  );
  const several = fc.record(
    {
      queue: value,
      schema: value,
      pipelines: fc.oneof(fc.dictionary(fc.constantFrom("a", "b"), one), value),
      table: value,
    },
    { requiredKeys: ["pipelines"] },
  );

  test("on any config without variables", () => {
    fc.assert(
      fc.property(fc.oneof(one, several), (config) => {
        expect(validate(config)).toBe(schemaOf(config).safeParse(config).success);
      }),
      { numRuns: 1000 },
    );
  });
});
