import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../support/database.js";
import { hardText, numberText } from "./hard-values.js";
import { stored, verdictsOn } from "./server.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => dropDatabase(database));

const text = hardText(fc.string({ unit: "binary" })).map((value) => JSON.stringify(value));
const element = fc.oneof(
  text,
  text,
  numberText,
  fc.constantFrom("null", "true", "false", "[]", "{}", '[["x"]]'),
);
const json = fc.oneof(
  fc.array(element, { maxLength: 3 }).map((elements) => `[${elements.join(",")}]`),
  fc
    .array(fc.oneof(text, fc.constant("null")), { maxLength: 5 })
    .map((elements) => `[${elements.join(",")}]`),
  fc
    .array(fc.oneof(numberText, fc.constant("null")), { maxLength: 5 })
    .map((elements) => `[${elements.join(",")}]`),
  element,
);

/** Every type has arrays; what the elements may be is what a column of the type takes. One of each that it does take. */
const TAKEN: Readonly<Record<string, string>> = {
  text: '"a"',
  "varchar(3)": '"a"',
  "char(3)": '"abc"',
  smallint: "1",
  integer: "1",
  bigint: "1",
  numeric: "1.5",
  "numeric(5,2)": "1.5",
  real: "1.5",
  "double precision": "1.5",
  boolean: "true",
  uuid: '"00000000-0000-4000-8000-000000000000"',
  date: '"2026-01-31"',
  timestamp: '"2026-01-31T12:00:00"',
  timestamptz: '"2026-01-31T12:00:00Z"',
  time: '"12:34:56"',
  interval: '"P1D"',
  json: '{"a":1}',
  jsonb: '{"a":1}',
  inet: '"192.0.2.1"',
  cidr: '"192.0.2.0/24"',
  bytea: '"AAEC"',
};
const elements = Object.keys(TAKEN);

/** Arrays of that one, so that some are taken whatever chance brings. */
function takenArrays(name: string): string[] {
  return Array.from({ length: 8 }, (_, count) => `[${Array(count).fill(TAKEN[name]).join(",")}]`);
}

test.each(elements)("%s[]: each element comes back as a column of its type would have it", async (name) => {
  const texts = [...new Set([...takenArrays(name), ...fc.sample(json, 1500)])];
  const accepted = verdictsOn(`${name}[]`, texts).filter(
    ({ code, cell }) => code === undefined && cell !== null,
  );
  expect(accepted.length).toBeGreaterThan(5);
  const back = await stored(
    database,
    `${name}[]`,
    accepted.map(({ cell = null }) => cell),
  );
  const rows = await database.query<{ elements: (string | null)[] }>(
    `select array(select e::text from unnest(a::${name}[]) with ordinality as u(e, n) order by n) as elements
     from unnest($1::text[]) with ordinality as t(a, place) order by place`,
    [back],
  );
  const split = accepted.map(({ json: array }) => splitJson(array));
  const single = verdictsOn(name, split.flat());
  expect(single.filter(({ code }) => code !== undefined)).toEqual([]);
  const alone = await stored(
    database,
    name,
    single.map(({ cell = null }) => cell),
  );
  expect(rows.flatMap((row) => row.elements)).toEqual(alone);
});

test.each(elements)(
  "%s[]: an array with an element that a column of its type rejects is rejected with its code",
  (name) => {
    for (const array of fc.sample(json, 500)) {
      const [verdict] = verdictsOn(`${name}[]`, [array]);
      if (!array.startsWith("[")) {
        expect(verdict?.code).toBe(array === "null" ? undefined : "wrong_type");
        continue;
      }
      const first = verdictsOn(name, splitJson(array)).find(({ code }) => code !== undefined);
      expect(verdict?.code).toBe(first?.code);
    }
  },
);

test("null in an array is NULL, an empty array is one, and arrays in arrays are refused", async () => {
  expect(
    verdictsOn("text[]", ["[null]", "[]", '[["a"]]', '"{a}"']).map(({ cell, code }) => cell ?? code),
  ).toEqual(["{NULL}", "{}", "wrong_type", "wrong_type"]);
  expect(await stored(database, "text[]", ["{NULL}", "{}", '{"NULL"}', null])).toEqual([
    "{NULL}",
    "{}",
    '{"NULL"}',
    null,
  ]);
});

/** The texts of an array's elements: numbers as they are written. */
function splitJson(array: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const [token] of array.slice(1, -1).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]|,|[^",[\]{}]+/gs)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (token === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += token;
  }
  return part === "" && parts.length === 0 ? [] : [...parts, part];
}
