import { nearest, suggestion } from "../nearest.js";
import { cutType } from "./cut-type.js";
import { type Issue, issueText } from "./issue-text.js";
import { pathText } from "./path-text.js";
import { isMap, isSeveral, type Note } from "./reading.js";
import { pipelineSchema, WANTED } from "./schema.js";
import { keysAt, schemaOf, schemasAt, unwrapped } from "./schema-at.js";
import { issuesMeant, unionText } from "./union-text.js";

type Path = readonly PropertyKey[];

/**
 * Notes everything in which `raw` does not have the structure of a config file, by the schema of its form. Answers the
 * paths of settings that are missing because they are misspelt: there is nothing more to say of those.
 */
export function noteStructure(raw: unknown, note: Note): ReadonlySet<string> {
  const misspelt = new Set<string>();
  const result = schemaOf(raw).safeParse(raw, { reportInput: true });
  if (result.success) return misspelt;
  // A missing setting comes before the name that was meant to be it.
  const notes: Parameters<Note>[] = [];
  const around = { raw, misspelt, note: (...said: Parameters<Note>) => void notes.push(said) };
  for (const issue of result.error.issues) noteIssue(issue, [], around);
  for (const said of notes) if (!misspelt.has(said[0])) note(...said);
  return misspelt;
}

interface Around {
  readonly raw: unknown;
  readonly note: Note;
  readonly misspelt: Set<string>;
}

function noteIssue(issue: Issue, parent: Path, around: Around): void {
  const path = [...parent, ...issue.path];
  if (issue.code === "invalid_union" && issue.input !== undefined) {
    noteUnion(issue, path, around);
  } else if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) noteUnknown(key, issue.input, path, around);
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

function noteUnknown(key: string, map: unknown, path: Path, { raw, note, misspelt }: Around): void {
  // It is a piece of the type, of which it is told.
  if (isMap(map) && cutType(map)?.rest === key) return;
  note(pathText([...path, key]), unknownText(key, path, raw), "key");
  const meant = nearest(key, keysAt(schemaOf(raw), path));
  if (meant !== undefined && isMap(map) && map[meant] === undefined) misspelt.add(pathText([...path, meant]));
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
