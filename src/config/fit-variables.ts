import { z } from "zod";
import type { FilledText } from "./config-source.js";
import { choicesOf, schemasAt } from "./schema-at.js";

/** A text that is one variable and nothing else. */
const WHOLE = /^\$\{[^}]*\}$/;

/**
 * A variable holds text, whatever it looks like. Where a setting takes no text, but a number or true/false, it becomes
 * that; what does not look like one stays as it is, and is told by whoever checks it. Changes `raw`.
 */
export function fitVariables(raw: unknown, filled: readonly FilledText[], schema: z.ZodType): void {
  for (const { keys, template, text } of filled) {
    if (!WHOLE.test(template)) continue;
    const schemas = schemasAt(schema, keys).flatMap(choicesOf);
    const value = schemas.every(takesNoText) ? valueFor(text, schemas) : undefined;
    if (value !== undefined) put(raw, keys, value);
  }
}

function takesNoText(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodNumber || schema instanceof z.ZodBoolean || schema instanceof z.ZodNull;
}

function valueFor(text: string, schemas: readonly z.core.$ZodType[]): number | boolean | undefined {
  if (/^(?:true|false)$/.test(text) && schemas.some((schema) => schema instanceof z.ZodBoolean)) {
    return text === "true";
  }
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text) && schemas.some((schema) => schema instanceof z.ZodNumber);
  return isNumber ? Number(text) : undefined;
}

function put(raw: unknown, keys: FilledText["keys"], value: unknown): void {
  const around = keys.slice(0, -1).reduce<unknown>((outer, key) => Reflect.get(Object(outer), key), raw);
  const last = keys.at(-1);
  if (last !== undefined) Reflect.set(Object(around), last, value);
}
