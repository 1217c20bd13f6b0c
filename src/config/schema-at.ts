import { z } from "zod";
import { isSeveral } from "./reading.js";
import { pipelineSchema, pipelinesSchema } from "./schema.js";

type Schema = z.core.$ZodType;

/** The schema of the form that a config has: several pipelines, or one. */
export function schemaOf(raw: unknown): z.ZodType {
  return isSeveral(raw) ? pipelinesSchema : pipelineSchema;
}

/** What a setting is when it is there. */
export function unwrapped(schema: Schema): Schema {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}

/** What may stand in the place of a schema: each choice of a union. */
export function choicesOf(schema: Schema): readonly Schema[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap(choicesOf) : [inner];
}

/** What a path leads to, without its choices taken apart. Empty: there is nothing of that kind. */
export function schemasAt(schema: Schema, path: readonly PropertyKey[]): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (schemas, key) => schemas.flatMap(choicesOf).flatMap((outer) => within(outer, key)),
    [schema],
  );
}

function within(schema: Schema, key: PropertyKey): readonly Schema[] {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<PropertyKey, Schema>> = schema.shape;
    return Object.hasOwn(shape, key) && shape[key] !== undefined ? [shape[key]] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return schema instanceof z.ZodArray ? [schema.element] : [];
}

/** The settings that a map at a path can have, of whichever kind it is. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(schema, path)
    .flatMap(choicesOf)
    .flatMap((found) => (found instanceof z.ZodObject ? Object.keys(found.shape) : []));
  return [...new Set(keys)];
}
