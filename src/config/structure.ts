import { suggestion } from "../nearest.js";
import { type Issue, issueText } from "./issue-text.js";
import { pathText } from "./path-text.js";
import type { Note } from "./reading.js";
import { pipelineSchema, WANTED } from "./schema.js";
import { isSeveral, keysAt, schemaOf, schemasAt, unwrapped } from "./schema-at.js";
import { issuesMeant, unionText } from "./union-text.js";

type Path = readonly PropertyKey[];

/** Notes everything in which `raw` does not have the structure of a config file, by the schema of its form. */
export function noteStructure(raw: unknown, note: Note): void {
  const result = schemaOf(raw).safeParse(raw, { reportInput: true });
  if (result.success) return;
  for (const issue of result.error.issues) noteIssue(issue, [], { raw, note });
}

interface Around {
  readonly raw: unknown;
  readonly note: Note;
}

function noteIssue(issue: Issue, parent: Path, around: Around): void {
  const path = [...parent, ...issue.path];
  if (issue.code === "invalid_union" && issue.input !== undefined) {
    noteUnion(issue, path, around);
  } else if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      around.note(pathText([...path, key]), unknownText(key, path, around.raw), "key");
    }
  } else {
    around.note(pathText(path), issueText(issue));
  }
}

function noteUnion(issue: Extract<Issue, { code: "invalid_union" }>, path: Path, around: Around): void {
  const [said] = schemasAt(schemaOf(around.raw), path).flatMap((found) => WANTED.get(unwrapped(found)) ?? []);
  const meant = issuesMeant(issue);
  if (issue.input === null && said?.ofNull !== undefined) around.note(pathText(path), said.ofNull);
  else if (meant === undefined) around.note(pathText(path), unionText(issue, said?.wanted));
  else for (const inner of meant) noteIssue(inner, path, around);
}

/** A setting of another level is told where it belongs; any other is compared with those of this one. */
function unknownText(key: string, path: Path, raw: unknown): string {
  const ofPipeline = keysAt(pipelineSchema, []);
  const known = keysAt(schemaOf(raw), path);
  if (!isSeveral(raw)) {
    return noSuchSetting(key, path.length === 0 ? [...known, "pipelines"] : known);
  }
  if (path.length === 0 && ofPipeline.includes(key)) return "belongs to a pipeline: move it under pipelines";
  if (path.length === 2 && key === "schema") return "is one for the whole file: move it to the top";
  return noSuchSetting(key, known);
}

function noSuchSetting(key: string, known: readonly string[]): string {
  return `there is no such setting${suggestion(key, known)}`;
}
