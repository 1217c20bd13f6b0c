import { expect, it } from "vitest";
import { createStyle } from "../../../src/cli/terminal/style.js";
import { queryLines } from "../../demo/table.js";

const style = createStyle({ color: false, unicode: true });
const rows = [
  { "id (first 8)": "0b0e7c1a", code: "missing", reason: "This column is required.", count: 12 },
  { "id (first 8)": "1b0e7c1a", code: "not_json", reason: null, count: 3 },
];
const at = (columns: number): string => `\n${queryLines(rows, style, columns).join("\n")}\n`;

it("shows whole values where there is room, and in a pipe", () => {
  expect(at(Number.POSITIVE_INFINITY)).toBe(at(80));
  expect(at(80)).toMatchInlineSnapshot(`
    "
    id (first 8)  code      reason                    count
    ────────────  ────────  ────────────────────────  ─────
    0b0e7c1a      missing   This column is required.     12
    1b0e7c1a      not_json  NULL                          3
    "
  `);
});

it("cuts long values first", () => {
  expect(at(50)).toMatchInlineSnapshot(`
    "
    id (first 8)  code      reason               count
    ────────────  ────────  ───────────────────  ─────
    0b0e7c1a      missing   This column is req…     12
    1b0e7c1a      not_json  NULL                     3
    "
  `);
});

it("leaves no column out where they do not fit: each value has its line", () => {
  expect(at(30)).toMatchInlineSnapshot(`
    "
      id (first 8)  0b0e7c1a
      code          missing
      reason        This column i…
      count         12

      id (first 8)  1b0e7c1a
      code          not_json
      reason        NULL
      count         3
    "
  `);
});

it("has nothing to show of no rows", () => {
  expect(queryLines([], style, 80)).toEqual([]);
});
