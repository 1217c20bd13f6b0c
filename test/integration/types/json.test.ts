import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDecimal } from "../../../src/types/decimal.js";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../support/database.js";
import { hardJson, hardText } from "./hard-values.js";
import { stored, takenByServer, verdictsOn } from "./server.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => dropDatabase(database));

/** The tokens of a JSON text, with each number in one form, so that texts can be compared whose spaces differ. */
function tokens(json: string): string[] {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[^\s"]/g)].map(([token]) => {
    const decimal = /^[-\d]/.test(token) ? parseDecimal(token) : undefined;
    if (decimal !== undefined)
      return `${decimal.negative && decimal.digits !== ""}${decimal.digits}e${decimal.exponent}`;
    return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
  });
}

const jsonTexts = fc.oneof(
  hardJson(hardText(fc.string({ unit: "binary" }))),
  fc.json({ stringUnit: "binary", maxDepth: 6 }),
  fc.integer({ min: 990, max: 1010 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  fc.constant("[".repeat(100_000) + "]".repeat(100_000)),
  fc.constant(`{"a":`.repeat(3000) + "1".repeat(30) + "}".repeat(3000)),
);

describe.each(["json", "jsonb"])("%s", (type) => {
  test("the server takes what is accepted, and keeps it, all digits of numbers too", async () => {
    const texts = [...new Set(fc.sample(jsonTexts, 4000))];
    const verdicts = verdictsOn(type, texts);
    const accepted = verdicts.filter(({ code, cell }) => code === undefined && cell !== null);
    expect(accepted.length).toBeGreaterThan(500);
    const back = await stored(
      database,
      type,
      accepted.map(({ cell = null }) => cell),
    );
    for (const [index, { cell }] of accepted.entries()) {
      const read = back[index] ?? "";
      if (type === "json") expect(read).toBe(cell);
      // jsonb sorts keys, and knows none twice.
      else expect(tokens(read).sort()).toEqual(tokens(String(cell)).sort());
    }
  });

  test("what is rejected the server refuses, but for NULs and lone surrogates in json, and what is deep", async () => {
    const texts = [...new Set(fc.sample(jsonTexts, 6000))];
    const rejected = verdictsOn(type, texts).filter(({ code }) => code !== undefined);
    expect(new Set(rejected.map(({ code }) => code))).toEqual(
      new Set(["unstorable_text", "too_deep", ...(type === "jsonb" ? ["out_of_range"] : [])]),
    );
    const surely = rejected.filter(
      ({ code }) => code !== "too_deep" && !(type === "json" && code === "unstorable_text"),
    );
    const taken = await takenByServer(
      database,
      type,
      surely.map(({ json }) => json).filter((json) => json.isWellFormed() && !json.includes("\0")),
    );
    expect([...taken]).toEqual([]);
  });
});

test("a text column takes no number, whatever its digits", () => {
  expect(verdictsOn("text", ["12345678901234567890", "1.5"]).map(({ code }) => code)).toEqual([
    "wrong_type",
    "wrong_type",
  ]);
});
