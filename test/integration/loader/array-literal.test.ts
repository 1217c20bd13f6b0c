import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrayLiteral } from "../../../src/loader/array-literal.js";
import { useDatabase } from "../../support/database.js";

const database = useDatabase();
let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client(database.url);
  await client.connect();
});
afterAll(() => client.end());

/** What PostgreSQL reads in an array's text. */
async function readBack(type: string, literal: string): Promise<unknown> {
  const { rows } = await client.query(`select $1::${type}[] as elements`, [literal]);
  return rows[0].elements;
}

/** Any text that PostgreSQL can hold. */
const TEXT = fc
  .string({ unit: "binary", maxLength: 20 })
  .map((text) => text.replaceAll("\0", ""))
  .filter((text) => text.isWellFormed());
const AWKWARD = fc.constantFrom(
  "",
  "NULL",
  "null",
  '"',
  "\\",
  '\\"',
  "{}",
  "{",
  ",",
  " a ",
  "\n",
  "'",
  "ä€😀",
);

test("PostgreSQL reads texts as they were", async () => {
  const elements = fc.array(fc.option(fc.oneof(TEXT, AWKWARD)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(elements, async (texts) => {
      expect(await readBack("text", arrayLiteral(texts))).toEqual(texts);
    }),
    { numRuns: 300 },
  );
});

test.each<[string, Parameters<typeof arrayLiteral>[0]]>([
  ["integer", [1, -2, null, 0]],
  ["float8", [1.5, 1e300, -0.1, 5e-324]],
  ["boolean", [true, false, null]],
  ["bytea", [Buffer.from([0, 255, 34, 92]), Buffer.alloc(0), null]],
  ["text", []],
])("%s[]", async (type, elements) => {
  expect(await readBack(type, arrayLiteral(elements))).toEqual(elements);
});
