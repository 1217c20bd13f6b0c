import { z } from "zod";
import { isMap, type RawMap } from "./reading.js";
import { pipelineSchema, pipelinesSchema } from "./schema.js";

/** A text in which a variable is put may become anything. */
const WITH_VARIABLE = { type: "string", pattern: "\\$\\{" };

/**
 * The structure of config files for editors, as JSON Schema (draft 7, which they understand best), from the schema that
 * checks them. What is only for programs, such as functions, is left out.
 */
export function configJsonSchema(): RawMap {
  const { $schema, ...forms } = z.toJSONSchema(z.union([pipelineSchema, pipelinesSchema]), {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  });
  return { $schema, title: "sqs2pg config file", ...fitted(forms) };
}

/** The text of the package's `schema.json`. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** Goes through a schema and whatever is in it. */
function fitted(schema: RawMap): RawMap {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === "enum" ? value : fittedValue(value)]),
  );
  if (Array.isArray(inner["anyOf"])) inner["anyOf"] = inner["anyOf"].filter(saysSomething);
  if (!isRestricted(inner)) return inner;
  const { description, ...rest } = inner;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, WITH_VARIABLE] };
}

function fittedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fittedValue);
  return isMap(value) ? fitted(value) : value;
}

/** What JSON cannot hold comes out as a schema that everything fits. */
function saysSomething(choice: unknown): boolean {
  return !isMap(choice) || Object.keys(choice).length > 0;
}

/** Whether it keeps out some texts, or all of them, though one with a variable may be what it wants. */
function isRestricted({ type, enum: choices, pattern }: RawMap): boolean {
  const isChoice = Array.isArray(choices) || typeof pattern === "string";
  return isChoice || type === "integer" || type === "number" || type === "boolean";
}
