import { expect, it } from "vitest";
import { tableLines } from "../../../../src/cli/terminal/table.js";
import { colorStyle, visible } from "./fixtures.js";

const cells = (...texts: string[]): { text: string }[] => texts.map((text) => ({ text }));

it("lines columns up, whatever the width of their characters", () => {
  const rows = [
    cells("a", "1", "x"),
    cells("東京", "1,000", "y"),
    cells("🫠", "22", ""),
    cells("", "3", "z"),
  ];
  expect(tableLines(rows, ["left", "right", "left"])).toEqual([
    "a         1  x",
    "東京  1,000  y",
    "🫠       22",
    "          3  z",
  ]);
});

it("colours cells and not the space around them", () => {
  const rows = [[{ text: "a", paint: colorStyle.failure }, { text: "b" }], cells("long", "c")];
  expect(tableLines(rows, ["left", "left"]).map(visible)).toEqual(["ESC[31maESC[39m     b", "long  c"]);
});

it("keeps a row that is empty, and makes nothing of no rows", () => {
  expect(tableLines([cells("", ""), cells("a", "b")], ["left", "left"])).toEqual(["", "a  b"]);
  expect(tableLines([], [])).toEqual([]);
});
