import fc from "fast-check";
import { expect, it } from "vitest";
import { printable, printableJson } from "../../../../src/cli/terminal/printable.js";

it.each([
  ["plain text, näive, 東京 👍", "plain text, näive, 東京 👍"],
  ["\u001b[31mred\u001b]0;title\u0007", "\\u001b[31mred\\u001b]0;title\\u0007"],
  ["one\r\n\ttwo", "one\\r\\n\\ttwo"],
  ["C1 \u009b31m", "C1 \\u009b31m"],
  ["\u202egnp.exe", "\\u202egnp.exe"],
  ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
  ["lone \ud800 surrogate", "lone \\ud800 surrogate"],
  ["tag \u{e0041}", "tag \\udb40\\udc41"],
  ["line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"],
])("shows %j safely", (text, shown) => expect(printable(text)).toBe(shown));

const unit = fc.oneof(
  fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  fc.nat({ max: 0xff }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x2000, max: 0x206f }).map((code) => String.fromCodePoint(code)),
);

it("lets nothing through that a terminal obeys or does not show", () => {
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
    }),
  );
});

it("writes JSON safely too, and it means what it meant", () => {
  expect(printableJson('{\n  "a": "\u009b31m\u007f\u202e\u{e0041}"\n}')).toBe(
    '{\n  "a": "\\u009b31m\\u007f\\u202e\\udb40\\udc41"\n}',
  );
  fc.assert(
    fc.property(fc.array(fc.string({ unit })), (value) => {
      const json = printableJson(JSON.stringify(value, null, 2));
      expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(json)).toEqual(value);
    }),
  );
});
