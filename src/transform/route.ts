import { printPath } from "../config/path.js";
import type { Pipeline } from "../config/pipeline.js";
import type { Reject } from "../reject.js";
import type { Row } from "../row.js";
import { MOST_RECORDS } from "./body/read-records.js";
import type { ColumnContext } from "./column.js";
import { compileRow, type RowMaker } from "./compile-row.js";
import { joined } from "./field-path.js";
import { type Conditions, compileMatch } from "./match.js";
import { createPathReader, isJsonObject, type JsonObject } from "./paths.js";
import type { ReadMessage } from "./read-message.js";
import { MOST_ROW_BYTES, weighRow } from "./weigh-row.js";

interface Member extends Conditions {
  readonly make: RowMaker;
}

/** Pipelines whose records are in the same place. */
interface Group {
  /** Undefined: the record of the body is theirs. */
  readonly elements: { readonly text: string; readonly read: (root: JsonObject) => unknown } | undefined;
  readonly members: Member[];
}

/** The rows of a message. */
export interface Gathered {
  readonly rows: Row[];
  /** What those behind the first one take. */
  bytes: number;
}

/** Adds the rows of a record of the body, from all pipelines that take it, or says why there are none; `at`: its place. */
export type Route = (message: ReadMessage, at: string, gathered: Gathered) => Reject | undefined;

/** Interprets where the pipelines of a queue find their records, and which of them they take. */
export function compileRoute(pipelines: readonly Pipeline[], context: ColumnContext): Route {
  const groups = groupsOf(pipelines, context);
  return (message, at, gathered) => {
    const { rows } = gathered;
    let isTaken = false;
    let emptyList: string | undefined;
    const before = rows.length;
    for (const { elements, members } of groups) {
      const takers = members.filter(({ ofWhole }) => ofWhole(message, message.root));
      if (takers.length === 0) continue;
      isTaken = true;
      const reject =
        elements === undefined
          ? addRows(gathered, takers, message, message.root, () => ({ root: at, record: at }))
          : addElements(gathered, takers, message, at, elements);
      if (reject !== undefined) return reject;
      if (elements !== undefined) emptyList ??= joined(at, elements.text);
    }
    if (!isTaken) return noMatch(at);
    return rows.length === before && emptyList !== undefined ? noRecords(emptyList) : undefined;
  };
}

function groupsOf(pipelines: readonly Pipeline[], context: ColumnContext): Group[] {
  const groups = new Map<string, Group>();
  for (const [target, pipeline] of pipelines.entries()) {
    const { records } = pipeline;
    const name = records === undefined ? "" : printPath(records);
    const elements = records === undefined ? undefined : { text: name, read: createPathReader(records) };
    const group = groups.get(name) ?? { elements, members: [] };
    groups.set(name, group);
    group.members.push({ ...compileMatch(pipeline), make: compileRow(pipeline, target, context) });
  }
  return [...groups.values()];
}

function addRows(
  gathered: Gathered,
  takers: readonly Member[],
  message: ReadMessage,
  record: JsonObject,
  places: Parameters<RowMaker>[2],
): Reject | undefined {
  for (const { make } of takers) {
    const made = make(message, record, places);
    if ("reject" in made) return made.reject;
    gathered.rows.push(made.row);
    if (gathered.rows.length > 1) gathered.bytes += weighRow(made.row);
    if (gathered.bytes > MOST_ROW_BYTES) return tooLarge();
  }
  return gathered.rows.length > MOST_RECORDS ? tooMany() : undefined;
}

function addElements(
  gathered: Gathered,
  members: readonly Member[],
  message: ReadMessage,
  at: string,
  { text, read }: NonNullable<Group["elements"]>,
): Reject | undefined {
  const list = read(message.root);
  if (!Array.isArray(list)) return noList(list, joined(at, text));
  for (const [index, element] of list.entries()) {
    const place = (): string => `${joined(at, text)}[${index}]`;
    if (!isJsonObject(element)) return reject("not_an_object", place(), "is a record, but no object");
    const takers = members.filter(({ ofElement }) => ofElement(message, element));
    if (takers.length === 0) return noMatch(place(), ELEMENT_HINT);
    const places = () => ({ root: at, record: place() });
    const failed = addRows(gathered, takers, message, element, places);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

function noList(value: unknown, field: string): Reject {
  return value === undefined || value === null
    ? reject("missing", field, "is missing or null, but records are looked for in it")
    : reject("wrong_type", field, "must be a list of records");
}

/** Nothing at all is made of the record; where another pipeline makes something of it, a list may be empty. */
function noRecords(field: string): Reject {
  return reject("no_records", field, "is an empty list of records");
}

/** What is easily overlooked: a match that is meant for what is around the list finds nothing in its elements. */
const ELEMENT_HINT =
  " (beside records, a path of match is looked for in the element, and with $. in what is around it)";

function noMatch(at: string, hint = ""): Reject {
  return reject("no_match", at, `is no record of any pipeline: each has a match that it does not fit${hint}`);
}

function tooMany(): Reject {
  return reject("too_many_records", "", `the message makes more than ${MOST_RECORDS} rows`);
}

function tooLarge(): Reject {
  return reject("too_large", "", "the rows of the message take more than 64 MiB together");
}

function reject(code: string, field: string, reason: string): Reject {
  return { stage: "transform", code, field: field === "" ? null : field, reason };
}
