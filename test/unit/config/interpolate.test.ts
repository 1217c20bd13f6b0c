import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpolate } from "../../../src/config/interpolate.js";

const textOf = (template: string, env: Record<string, string> = {}): string => {
  const result = interpolate(template, env);
  if ("problems" in result) throw new Error(result.problems.join("; "));
  return result.text;
};

test.each([
  ["${A}", "1"],
  ["${A}-${B_2}-${A}", "1-two-1"],
  ["${NONE:-x}", "x"],
  ["${EMPTY:-x}", "x"],
  ["${NONE:-}", ""],
  ["${A:-x}", "1"],
  ["${NONE:-a: b, c}", "a: b, c"],
  ["${NONE:-$}", "$"],
  ["$${A}", "${A}"],
  ["$$${A}", "$${A}"],
  ["$A $ $$ $(A) {A}", "$A $ $$ $(A) {A}"],
  ["${INNER}", "${A}"],
])("%j becomes %j", (template, text) => {
  expect(textOf(template, { A: "1", B_2: "two", EMPTY: "", INNER: "${A}" })).toBe(text);
});

const FORM = "write ${NAME} or ${NAME:-default}, and $${ for a plain ${";

test.each([
  ["${NONE}", ["the variable NONE is not set: set it, or write ${NONE:-default}"]],
  ["${EMPTY}", ["the variable EMPTY is not set: set it, or write ${EMPTY:-default}"]],
  [
    "${NONE} ${NO} ${NONE}",
    [
      "the variable NONE is not set: set it, or write ${NONE:-default}",
      "the variable NO is not set: set it, or write ${NO:-default}",
    ],
  ],
  ["${", [FORM]],
  ["${}", [FORM]],
  ["${A", [FORM]],
  ["${1A}", [FORM]],
  ["${A-x}", [FORM]],
  ["${A:x}", [FORM]],
  ["${ A }", [FORM]],
  ["${A:-${B}}", [FORM]],
])("%j cannot be filled", (template, problems) => {
  expect(interpolate(template, { A: "1", B: "2", EMPTY: "" })).toEqual({ problems });
});

describe("whatever a text is made of", () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
  const value = fc.string({ minLength: 1 });
  const fallback = fc.string().filter((text) => !text.includes("}") && !text.includes("${"));
  /** A part that begins no variable, and ends in nothing that a following one would make another of. */
  const plain = fc.string().filter((text) => !text.includes("${") && !text.endsWith("$"));
  const part = fc.oneof(
    plain.map((text) => ({ template: text, text, set: {} })),
    fc.constant({ template: "$${", text: "${", set: {} }),
    fc.tuple(name, value).map(([key, held]) => ({
      template: `\${${key}}`,
      text: held,
      set: { [key]: held },
    })),
    fc.tuple(name, fallback).map(([key, other]) => ({
      template: `\${${key}:-${other}}`,
      text: other,
      set: { [key]: "" },
    })),
  );

  test("each part becomes what it means, and nothing that was put in is looked at again", () => {
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const env: Record<string, string> = Object.assign({}, ...parts.map(({ set }) => set));
        // Of a name that occurs more than once, the last value counts.
        const meant = parts.map(({ template, text, set }) => {
          const [key] = Object.keys(set);
          const held = key === undefined ? "" : env[key];
          return key === undefined || (template.includes(":-") && held === "") ? text : held;
        });
        fc.pre(
          parts.every(
            ({ template, set }) =>
              template.includes(":-") || Object.keys(set).every((key) => env[key] !== ""),
          ),
        );
        expect(textOf(parts.map(({ template }) => template).join(""), env)).toBe(meant.join(""));
      }),
    );
  });

  test("no value is in what is said of a mistake", () => {
    fc.assert(
      fc.property(name, fc.string({ minLength: 3 }), (key, held) => {
        fc.pre(!FORM.includes(held) && !key.includes(held));
        const result = interpolate(`\${${key}} \${`, { [key]: held });
        expect(result).toEqual({ problems: [FORM] });
      }),
    );
  });
});
