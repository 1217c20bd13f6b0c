import { expect, test } from "vitest";
import { z } from "zod";
import { issueText } from "../../../src/config/issue-text.js";
import { issuesMeant, unionText } from "../../../src/config/union-text.js";

/** What is said of an input that does not fit a union. */
function said(schema: z.ZodType, input: unknown): string[] {
  const [issue] = schema.safeParse(input, { reportInput: true }).error?.issues ?? [];
  if (issue?.code !== "invalid_union") throw new Error(`no mistake in a union: ${issue?.code}`);
  const meant = issuesMeant(issue);
  if (meant === undefined) return [unionText(issue)];
  return meant.map((inner) => `${inner.path.join(".")}: ${issueText(inner)}`);
}

const word = z.enum(["trim", "lower"]);
const oneOrMore = z.union([word, z.array(word)]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const map = z.strictObject({ name: word, size: z.int().optional() });

test.each<[what: string, schema: z.ZodType, input: unknown, says: string[]]>([
  ["a word, or a list of words", oneOrMore, "trimm", [': there is no "trimm"; did you mean trim?']],
  ["a word, or a list of words", oneOrMore, ["trim", "lowr"], ['1: there is no "lowr"; did you mean lower?']],
  ["a word, or a list of words", oneOrMore, 7, ["must be one of trim, lower or a list, not a number"]],
  [
    "text, or a list of it",
    z.union([z.string(), z.array(z.string())]),
    null,
    ["must be text or a list, not null"],
  ],
  [
    "text, or a list of it",
    z.union([z.string(), z.array(z.string())]),
    ["a", 1],
    ["1: must be text, not a number"],
  ],
  ["a scalar", scalar, {}, ["must be text, a number, true or false or null, not a map"]],
  ["a word, or a map", z.union([word, map]), { name: "trim", size: 1.5 }, ["size: must be a whole number"]],
  ["a word, or a map", z.union([word, map]), {}, ["name: is missing"]],
])("%s", (_what, schema, input, says) => {
  expect(said(schema, input)).toEqual(says);
});
