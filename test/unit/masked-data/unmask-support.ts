import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import { UsageError } from "../../../src/errors.js";

/** A pipeline with these columns; what is not said of one is `type: text` and `from` its name. */
export function pipelineOf(columns: Readonly<Record<string, Partial<ColumnConfig>>>): Pipeline {
  const given = Object.entries(columns).map(([name, column]) => [
    name,
    { from: name, type: "text", ...column },
  ]);
  const raw = { queue: "q", table: "t", columns: Object.fromEntries(given) };
  return parsePipeline(raw, { source: "the test" }).pipeline;
}

/** The UsageError that `action` throws or rejects with; fails when there is another error, or none. */
export async function usageErrorFrom(action: () => unknown): Promise<UsageError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("expected a UsageError, nothing was thrown");
}
