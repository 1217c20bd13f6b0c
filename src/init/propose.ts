import { QueueError } from "../errors.js";
import { readPointer } from "../transform/body/pointer.js";
import { isJsonObject, type JsonObject } from "../transform/paths.js";
import { chooseForm, fitsForm } from "./body-form.js";
import { type DecodedBody, decodeBody } from "./decode.js";
import { findKey } from "./find-key.js";
import { createNamer } from "./names.js";
import { pathText } from "./path-text.js";
import type { LeftOut, Proposal, ProposedColumn } from "./proposal.js";
import { proposeColumn } from "./propose-column.js";
import { findRecordsKey } from "./records-path.js";
import { type Shape, shapesOf, tellingKeys } from "./shapes.js";
import { addValue, emptyNode, type Field, fieldsOf, type Node } from "./tree.js";

export interface ProposeOptions {
  readonly queue: string;
  readonly table: string;
  readonly bodies: readonly string[];
  /** Now, in milliseconds since 1970: numbers near it may be moments. */
  readonly nowMs: number;
}

/** A message may hold thousands of records; more than this say nothing new. */
const MOST_RECORDS = 10_000;

/** Bodies -> a pipeline that would load them. Throws `QueueError` `no_records` where there is nothing to propose. */
export function propose({ queue, table, bodies, nowMs }: ProposeOptions): Proposal {
  const decoded = bodies.flatMap((body) => decodeBody(body) ?? []);
  const form = chooseForm(decoded);
  const readable = decoded.filter((body) => fitsForm(body, form));
  const pointers = bodies.filter((body) => readPointer(body, []) !== undefined).length;
  const { shapes, outer, recordsKey } = findRecords(readable);
  const [main] = shapes;
  if (main === undefined) throw noRecords(queue, bodies.length, pointers);

  const root = emptyNode();
  for (const record of main.records) addValue(root, record);
  const fields = [...fieldsOf(root, main.records.length), ...outerFields(outer, recordsKey)];
  const { columns, leftOut } = proposeColumns(fields, nowMs);
  const key = findKey(columns, fields);
  return {
    queue,
    table,
    form,
    ...(recordsKey === undefined ? {} : { records: pathText([recordsKey]) }),
    ...(key === undefined ? {} : { key }),
    columns,
    leftOut,
    sample: {
      messages: bodies.length,
      records: main.records.length,
      unreadable: bodies.length - readable.length,
      pointers,
      otherShapes: shapes.slice(1).map(({ records, keys }) => ({ records: records.length, keys })),
      tellingKeys: tellingKeys(shapes).map((key) => pathText([key])),
      hasValueKeys: root.valueKeys > 0,
    },
  };
}

interface FoundRecords {
  readonly shapes: readonly Shape[];
  /** The records around the array of records. */
  readonly outer: readonly JsonObject[];
  readonly recordsKey: string | undefined;
}

function findRecords(bodies: readonly DecodedBody[]): FoundRecords {
  const shapes = shapesOf(someOfEach(bodies.map(({ records }) => records)));
  const [main] = shapes;
  const key = main === undefined ? undefined : findRecordsKey(main.records);
  if (main === undefined || key === undefined) return { shapes, outer: [], recordsKey: undefined };
  const inner = someOfEach(main.records.map((record) => recordsIn(record[key])));
  return { shapes: [...shapesOf(inner), ...shapes.slice(1)], outer: main.records, recordsKey: key };
}

/** The first records of each message, so many that all of them together are a sample and no flood. */
function someOfEach(lists: readonly (readonly JsonObject[])[]): JsonObject[] {
  const share = Math.max(1, Math.floor(MOST_RECORDS / Math.max(1, lists.length)));
  return lists.flatMap((list) => list.slice(0, share));
}

function recordsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What stands beside the array of records, which every one of them can have. */
function outerFields(outer: readonly JsonObject[], recordsKey: string | undefined): Field[] {
  if (recordsKey === undefined) return [];
  const root: Node = emptyNode();
  for (const record of outer) addValue(root, record);
  return fieldsOf(root, outer.length)
    .filter(({ path }) => path[0] !== recordsKey)
    .map((field) => ({ ...field, outer: true }));
}

/** What the message around a record has: when it was sent, and its id, which finds it again. */
const MESSAGE_COLUMNS: readonly ProposedColumn[] = [
  {
    name: "sent_at",
    from: "$sent_at",
    type: "timestamptz",
    required: true,
    nullShare: 0,
    looksLike: "when SQS took the message",
  },
  {
    name: "message_id",
    from: "$message_id",
    type: "text",
    required: true,
    nullShare: 0,
    looksLike: "SQS's id of the message",
  },
];

function proposeColumns(
  fields: readonly Field[],
  nowMs: number,
): { readonly columns: readonly ProposedColumn[]; readonly leftOut: readonly LeftOut[] } {
  const name = createNamer();
  const columns: ProposedColumn[] = [];
  const leftOut: LeftOut[] = [];
  for (const field of fields) {
    const proposed = proposeColumn(field, nowMs);
    if ("leftOut" in proposed) leftOut.push(proposed.leftOut);
    else columns.push({ ...proposed.column, name: name(proposed.column.name) });
  }
  // The record's own names go first: where it has a `sent_at`, the message's is another one.
  for (const column of MESSAGE_COLUMNS) {
    const wanted = columns.some((other) => other.name === column.name) ? `sqs_${column.name}` : column.name;
    columns.push({ ...column, name: name(wanted) });
  }
  return { columns, leftOut };
}

function noRecords(queue: string, messages: number, pointers: number): QueueError {
  const subject = messages === 1 ? "the one message that was" : `none of the ${messages} messages that were`;
  const verb = messages === 1 ? "holds no" : "holds a";
  const inS3 = pointers === 0 ? "" : `; ${pointers} of them point to payloads in S3, which are not read here`;
  return new QueueError(
    "failed",
    "no_records",
    `${subject} looked at ${verb} JSON object that columns could be proposed for (queue ${queue})${inS3}: sqs2pg peek --raw shows them, and a pipeline can be written by hand`,
  );
}
