import type { BodyFormat } from "../../config/formats.js";
import type { Message } from "../../message.js";
import { shapeOf, shapeOfValue } from "../shape.js";
import { readBody } from "./read-body.js";

/**
 * The structure of what a message holds, without its values: of its records where they can be read, else of the body as
 * it stands. `payload`: the object that its body points to.
 */
export function shapeOfBody(
  { body }: Pick<Message, "body">,
  format: BodyFormat,
  knownKeys: ReadonlySet<string>,
  payload?: string,
): unknown {
  const read = readBody(body, format, payload);
  if (!("records" in read)) return shapeOf(payload ?? body, knownKeys);
  const { records, isList } = read;
  return shapeOfValue(isList ? records : records[0], knownKeys);
}
