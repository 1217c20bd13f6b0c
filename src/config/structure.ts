import type { z } from "zod";
import { isMaskName } from "../masking/index.js";
import { suggestion } from "./nearest.js";
import type { Note } from "./reading.js";
import { KNOWN_KEYS, pipelineSchema } from "./schema.js";
import { quoted } from "./values.js";

type Issue = z.core.$ZodIssue;

/** A path as messages show it: `columns.masked_ip.mask`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((key) => (/^[\w$<>-]+$/.test(String(key)) ? String(key) : quoted(String(key)))).join(".");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

const WANTED: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a map",
  record: "a map",
};

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return KNOWN_KEYS.pipeline;
  return path.length === 2 ? KNOWN_KEYS.column : KNOWN_KEYS.mask;
}

function noteIssue(issue: Issue, parent: readonly PropertyKey[], note: Note): void {
  const path = [...parent, ...issue.path];
  if (issue.code === "invalid_union") {
    noteMask(issue, path, note);
  } else if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      note(pathText([...path, key]), `there is no such setting${suggestion(key, keysAt(path))}`);
    }
  } else {
    note(pathText(path), messageOf(issue));
  }
}

function messageOf(issue: Issue): string {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "int" && typeof issue.input === "number") return "must be a whole number";
      return `must be ${WANTED[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case "invalid_value": {
      const choices = issue.values.map(String);
      if (typeof issue.input !== "string") return `must be one of ${choices.join(", ")}`;
      return `there is no ${quoted(issue.input)}${suggestion(issue.input, choices)}`;
    }
    case "invalid_format":
      return issue.format === "regex" ? "must be a key's id, 8 hex digits" : "cannot be used";
    case "too_small":
      return issue.origin === "string" ? "cannot be empty" : `must be ${String(issue.minimum)} or more`;
    case "too_big":
      return `must be ${String(issue.maximum)} at the most`;
    default:
      return "cannot be used";
  }
}

/** A mask is a name or a map: only the mistakes of the form that was meant are worth telling. */
function noteMask(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: readonly PropertyKey[],
  note: Note,
): void {
  const { input } = issue;
  if (input === null) {
    note(pathText(path), 'write "null" in quotes to store NULL for every value, or leave the mask out');
    return;
  }
  const isMap = typeof input === "object" && !Array.isArray(input);
  const [asName, asMap] = issue.errors;
  const meant = isMap ? asMap : typeof input === "string" && !isMaskName(input) ? asName : undefined;
  if (meant === undefined) {
    note(pathText(path), `must be a mask's name or a map with its strategy, not ${kindOf(input)}`);
    return;
  }
  for (const inner of meant) noteIssue(inner, path, note);
}

/** Notes everything in which `raw` does not have the structure of a pipeline file. */
export function noteStructure(raw: unknown, note: Note): void {
  const result = pipelineSchema.safeParse(raw, { reportInput: true });
  if (result.success) return;
  for (const issue of result.error.issues) noteIssue(issue, [], note);
}
