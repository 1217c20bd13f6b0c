import type { z } from "zod";
import { suggestion } from "../nearest.js";
import { quoted } from "../quoted.js";

export type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a map",
  record: "a map",
  array: "a list",
};

/** A kind of value as zod calls it, in words. */
export function wantedText(expected: string): string {
  return KINDS[expected] ?? expected;
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

/** What is wrong with a single value. */
export function issueText(issue: Issue): string {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "int" && typeof issue.input === "number") return "must be a whole number";
      return `must be ${wantedText(issue.expected)}, not ${kindOf(issue.input)}`;
    case "invalid_value": {
      const choices = issue.values.map(String);
      if (typeof issue.input !== "string") return `must be one of ${choices.join(", ")}`;
      return `there is no ${quoted(issue.input)}${suggestion(issue.input, choices)}`;
    }
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array") return "cannot be empty";
      return `must be ${String(issue.minimum)} or more`;
    case "too_big":
      return `must be ${String(issue.maximum)} at the most`;
    case "invalid_format":
    case "custom":
      // In the words of the schema.
      return issue.message;
    default:
      return "cannot be used";
  }
}
