import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { PipelineConfig } from "../../../src/config/schema.js";
import { problemsOf } from "./support.js";

const columns: PipelineConfig["columns"] = {
  id: { from: "id", type: "integer", required: true },
  at: { from: "at", type: "timestamptz", required: true },
  note: { from: "note", type: "text" },
  size: { from: "size", type: "double precision", required: true },
  sealed: { from: "mail", type: "text", required: true, mask: "aes-gcm" },
  blank: { from: "name", type: "text", required: true, mask: "redact" },
  release: { from: "release", type: "integer", required: true, convert: ["trim", "app-version"] },
  shop: { from: "shop", type: "integer", default: 1 },
  till: { from: "till", type: "integer", default: 1, on_error: "null" },
  hashed: { from: "ip", type: "text", required: true, mask: "hmac-sha256" },
};
/** A list that holds itself. */
const self: unknown[] = [];
self.push(self);
const base = { queue: "q", table: "t", columns };
const parsed = (more: Partial<PipelineConfig>) =>
  parsePipeline({ ...base, ...more }, { source: "test" }).pipeline;

describe("key and on_conflict", () => {
  test.each([
    [{ key: "id" }, { key: ["id"], action: "update" }],
    [{ key: ["at", "id"] }, { key: ["at", "id"], action: "update" }],
    [
      { key: ["hashed"], on_conflict: "ignore" },
      { key: ["hashed"], action: "ignore" },
    ],
    [{ key: "shop" }, { key: ["shop"], action: "update" }],
    [
      { key: ["id", "region"], values: { region: 7 } },
      { key: ["id", "region"], action: "update" },
    ],
  ] as const)("%j", (more, conflict) => {
    expect(parsed(more).conflict).toEqual(conflict);
  });

  test("none without a key", () => {
    expect(parsed({})).not.toHaveProperty("conflict");
  });

  test.each([
    [{ on_conflict: "update" }, "on_conflict: needs a key: name the columns of a unique key of the table"],
    [{ key: "idd" }, 'key: "idd" is none of the columns; did you mean id?'],
    [{ key: ["id", "id"] }, "key: names a column twice"],
    [
      { key: "note" },
      "key: note can be NULL, and rows are not told apart by NULL: it needs required: true, or a default",
    ],
    [{ key: "size" }, "key: size is double precision, by which no row is told apart"],
    [
      { key: "sealed" },
      "key: sealed is masked by aes-gcm, which makes something else of equal values each time: choose a deterministic mask, such as aes-siv",
    ],
    [{ key: ["id", "region"], values: { region: null } }, "key: region is NULL in every row"],
    [
      { key: "region", values: { region: 7 } },
      "key: is the same in every row, so that only one would be left: name a column, too",
    ],
    [
      { key: "blank" },
      "key: blank is masked by redact, which makes the same of different values: choose a mask to join by, such as hmac-sha256",
    ],
    [
      { key: "release" },
      "key: release is NULL where app-version cannot convert a value, and rows are not told apart by NULL",
    ],
    [{ key: "till" }, "key: till is NULL where a value does not fit: it needs on_error: reject"],
    [{ key: 7 }, "key: must be a column's name or a list of them, not a number"],
    [{ key: [] }, "key: cannot be empty"],
    [{ key: "id", on_conflict: "replace" }, 'on_conflict: there is no "replace"; it can be ignore, update'],
  ])("%j is refused", async (more, problem) => {
    expect(await problemsOf(() => parsePipeline({ ...base, ...more }, { source: "test" }))).toEqual([
      problem,
    ]);
  });
});

describe("values", () => {
  test("are texts for the column's type to read, JSON for maps and lists", () => {
    const values = { a: "x", b: 1.5, c: true, d: null, e: { f: [1] }, g: ["x"], h: 123n, i: -0.5e-7 };
    expect(parsed({ values }).constants).toEqual([
      { name: "a", text: "x" },
      { name: "b", text: "1.5" },
      { name: "c", text: "true" },
      { name: "d", text: null },
      { name: "e", text: '{"f":[1]}' },
      { name: "g", text: '["x"]' },
      { name: "h", text: "123" },
      { name: "i", text: "-5e-8" },
    ]);
  });

  test.each([
    [{ values: { note: "x" } }, "values.note: is one of the columns already"],
    [{ values: { x: "a\u0000" } }, "values.x: cannot hold a NUL or a lone surrogate"],
    [{ values: { "": "a" } }, 'values."": a name cannot be empty'],
    [
      { values: { x: () => 1 } },
      "values.x: must be a text, a number, true, false, null, or a map or list of these",
    ],
    [
      { values: { x: 2 ** 53 } },
      "values.x: is beyond 2^53, where numbers of a config lose digits: put it in quotes",
    ],
    [
      { values: { x: { y: [2 ** 60] } } },
      "values.x: is beyond 2^53, where numbers of a config lose digits: put it in quotes",
    ],
    [{ values: { x: Number.NaN } }, "values.x: is no number that JSON has: put it in quotes"],
    [
      { values: { x: [self] } },
      "values.x: must be a text, a number, true, false, null, or a map or list of these",
    ],
    [
      { values: { x: new Date(0) } },
      "values.x: must be a text, a number, true, false, null, or a map or list of these",
    ],
    [{ values: ["x"] }, "values: must be a map, not a list"],
  ])("%j is refused", async (more, problem) => {
    expect(await problemsOf(() => parsePipeline({ ...base, ...more }, { source: "test" }))).toEqual([
      problem,
    ]);
  });

  test("hold no bigint of a program inside of JSON", async () => {
    const values = { x: [1n] };
    expect(await problemsOf(() => parsePipeline({ ...base, values }, { source: "test" }))).toEqual([
      "values.x: must be a text, a number, true, false, null, or a map or list of these",
    ]);
  });
});
