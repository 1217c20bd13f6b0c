import { isJsonObject } from "../transform/paths.js";
import { Digits } from "../types/digits.js";
import { type InferredType, inferNumber, type JsonNumber } from "./numbers.js";
import { inferText } from "./texts.js";
import type { Field } from "./tree.js";

/** With this share, the values of one JSON type decide; what differs is left to be rejected. */
const ALMOST_ALL = 0.95;

/** The type for a field's values; undefined where there are none. */
export function inferType(field: Pick<Field, "path" | "values">, nowMs: number): InferredType | undefined {
  const { values } = field;
  if (values.length === 0) return undefined;
  const ofKind = (kind: string): readonly unknown[] => values.filter((value) => kindOf(value) === kind);
  const isAlmostAll = (some: readonly unknown[]): boolean => some.length / values.length >= ALMOST_ALL;

  const texts = ofKind("text");
  if (isAlmostAll(texts)) return inferText(texts as readonly string[]);
  const numbers = ofKind("number");
  if (isAlmostAll(numbers)) return inferNumber(field, numbers as readonly JsonNumber[], nowMs);
  if (isAlmostAll(ofKind("boolean"))) return { type: "boolean", looksLike: "true or false" };
  if (isAlmostAll(ofKind("array"))) return { type: "jsonb", looksLike: "lists" };
  if (isAlmostAll(ofKind("object"))) return { type: "jsonb", looksLike: "objects" };
  return { type: "jsonb", looksLike: "values of several types" };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isJsonObject(value)) return "object";
  if (value instanceof Digits) return "number";
  return typeof value === "string" ? "text" : typeof value;
}
