import { expect, test } from "vitest";
import { formsOf, leaksIn, PLANTED, UNMASKED } from "../../support/canaries.js";

const FORMS: readonly (readonly [name: string, write: (text: string) => string])[] = [
  ["plain", (text) => text],
  ["upper case", (text) => text.toUpperCase()],
  ["a JSON value", (text) => JSON.stringify({ ip: text })],
  ["a JSON key", (text) => JSON.stringify({ [text]: 1 })],
  ["JSON in JSON", (text) => JSON.stringify({ body: JSON.stringify({ ip: text }) })],
  [
    "ASCII JSON",
    (text) => JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`),
  ],
  ["hex", (text) => `\\x00${Buffer.from(text).toString("hex")}`],
  ["hex in upper case", (text) => Buffer.from(text).toString("hex").toUpperCase()],
  ["a URL", (text) => `https://example.org/?ip=${encodeURIComponent(text)}`],
  ["a form", (text) => new URLSearchParams({ ip: text }).toString()],
  ["an array of PostgreSQL", (text) => `{"${text.replace(/["\\]/g, "\\$&")}"}`],
  ["a row of PostgreSQL", (text) => `(u,"${text.replace(/["\\]/g, "$&$&")}")`],
  [
    "a row of PostgreSQL in JSON",
    (text) => JSON.stringify({ detail: `(u,"${text.replace(/["\\]/g, "$&$&")}")` }),
  ],
  ["a literal of SQL", (text) => `'${text.replaceAll("'", "''")}'`],
];

const ENCODINGS = ["base64", "base64url"] as const;

const all = [...PLANTED, UNMASKED];

test.each(all)("$name is found in each form", ({ name, text }) => {
  const found = (written: string): boolean =>
    leaksIn(written, all).some((leak) => leak.startsWith(`${name} as `));
  for (const [form, write] of FORMS) expect(found(`before ${write(text)} after`), form).toBe(true);
  for (const encoding of ENCODINGS) {
    for (const before of ["", "a", "ab", "abc", '{"ip":"', "é"]) {
      for (const after of ["", "z", "yz", "xyz", '"}']) {
        expect(found(Buffer.from(before + text + after).toString(encoding)), `${encoding} in ${before}`).toBe(
          true,
        );
      }
    }
  }
});

test("a sealed, a masked and another value are no leaks", () => {
  expect(leaksIn(JSON.stringify({ ip: "203.0.113.17", masked: "00".repeat(2_000) }))).toEqual([]);
  expect(leaksIn("")).toEqual([]);
});

test("no form is so short that it is found by chance", () => {
  for (const { text } of all) {
    for (const form of formsOf(text)) expect(form.text.length, form.form).toBeGreaterThan(10);
  }
});
