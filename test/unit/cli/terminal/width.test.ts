import fc from "fast-check";
import { expect, it } from "vitest";
import { displayWidth, truncate, wrap } from "../../../../src/cli/terminal/width.js";

const text = fc.string({ unit: "grapheme" });

it.each([
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["東京", 4],
  ["ｱ", 1],
  ["Ａ", 2],
  ["한국", 4],
  ["👍", 2],
  ["🫠", 2],
  ["🇩🇪", 2],
  ["…→─", 3],
  ["\u001b[31mred\u001b[39m", 3],
])("measures %j", (sample, width) => expect(displayWidth(sample)).toBe(width));

it.each([
  ["abcdef", 6, "abcdef"],
  ["abcdef", 5, "abcd…"],
  ["東京東京", 6, "東京…"],
  ["東京東京", 5, "東京…"],
  ["東京東京", 4, "東…"],
  ["abc", 1, "a"],
  ["abc", 0, ""],
])("cuts %j to %d cells", (sample, width, cut) => expect(truncate(sample, width, "…")).toBe(cut));

it("never cuts to more than it was asked for", () => {
  fc.assert(
    fc.property(text, fc.nat(40), fc.constantFrom("…", "..."), (sample, width, ellipsis) => {
      expect(displayWidth(truncate(sample, width, ellipsis))).toBeLessThanOrEqual(width);
    }),
  );
});

it("breaks between words, and inside of words that are too long", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
  expect(wrap("", 4)).toEqual([""]);
});

it("breaks into lines that fit, and loses nothing but spaces", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (sample, width) => {
      const lines = wrap(sample, width);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(sample.replaceAll(" ", ""));
    }),
  );
});
