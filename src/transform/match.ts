import type { Match, Pipeline, Scalar } from "../config/pipeline.js";
import type { JsonObject } from "./paths.js";
import type { ReadMessage } from "./read-message.js";
import { createSourceReader } from "./source-reader.js";

/** Whether a record is a pipeline's. */
export type Condition = (message: ReadMessage, record: JsonObject) => boolean;

/** The conditions of a pipeline, by what they look at. */
export interface Conditions {
  /** At the message and at its whole record: where one fails, the pipeline takes no part in it. */
  readonly ofWhole: Condition;
  /** At an element of the pipeline's array. */
  readonly ofElement: Condition;
}

/** Interprets a pipeline's `match` once. A value that is missing is null; lists and objects are no value of any match. */
export function compileMatch({ match, records }: Pick<Pipeline, "match" | "records">): Conditions {
  const isOfElement = ({ from }: Match): boolean =>
    records !== undefined && from.kind === "record" && from.root === undefined;
  return {
    ofWhole: allOf(match.filter((one) => !isOfElement(one))),
    ofElement: allOf(match.filter(isOfElement)),
  };
}

function allOf(matches: readonly Match[]): Condition {
  const conditions = matches.map(compileOne);
  const [only] = conditions;
  if (only === undefined) return () => true;
  if (conditions.length === 1) return only;
  return (message, record) => conditions.every((holds) => holds(message, record));
}

function compileOne({ from, values }: Match): Condition {
  const read = createSourceReader(from, { queueName: "", runId: "" });
  const wanted: ReadonlySet<unknown> = new Set<Scalar>(values);
  return (message, record) => wanted.has(read(message, record) ?? null);
}
