import { describe, expect, test } from "vitest";
import { MOST_VALUES, namesOf, sortValues } from "../../../src/masked-data/forget-values.js";
import { createTokenizer, generateKey, parseKeys } from "../../../src/masking/index.js";
import { usageErrorFrom } from "./unmask-support.js";

const keys = parseKeys([generateKey(), generateKey()].join("\n"));
const TOKEN = "t1.AAAAAAAAAAAAAAAAAAAAAA";

describe("what is to be forgotten", () => {
  test("each value once, in one spelling; tokens apart; empty ones not at all", () => {
    expect(sortValues(["1.2.3.4", "", TOKEN, "::ffff:1.2.3.4", "ann", TOKEN, "ann "])).toEqual({
      raw: ["1.2.3.4", "ann", "ann "],
      tokens: [TOKEN],
    });
  });

  test.for([
    ["nothing", [], "values_missing"],
    ["empty lines only", ["", ""], "values_missing"],
    ["too many", Array.from({ length: MOST_VALUES + 1 }, (_, index) => `value ${index}`), "values_too_many"],
    ["what holds its value itself", ["ann", "s1.0badc0de.AAAA"], "not_forgettable"],
  ] as const)("refused: %s", async ([, values, code]) => {
    const error = await usageErrorFrom(() => sortValues(values));
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/ann|AAAA/);
  });

  test("is looked for in every domain under every key, as the load writes it", () => {
    const names = namesOf({ raw: ["ann", "1.2.3.4"] }, ["ip", "name"], keys);
    expect(names.map(({ place, domain }) => [place, domain])).toEqual([
      [0, "ip"],
      [0, "ip"],
      [1, "ip"],
      [1, "ip"],
      [0, "name"],
      [0, "name"],
      [1, "name"],
      [1, "name"],
    ]);
    const { blindIndex, knownAs } = createTokenizer({ strategy: "token", domain: "name" }, keys)("ann");
    expect(names.slice(4, 6).map((name) => name.blindIndex)).toEqual([blindIndex, ...knownAs]);
  });
});
