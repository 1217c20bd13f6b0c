import { fitVariables } from "./fit-variables.js";
import { type ParseOptions, type PipelineFile, readPipelines } from "./read-pipelines.js";
import { schemaOf } from "./schema-at.js";
import { noteStructure } from "./structure.js";

/**
 * Untrusted input -> pipelines that the rest of the program trusts. Throws ConfigError with everything that is wrong with
 * it, each problem with its path, and its place where the file has places.
 */
export function parsePipeline(raw: unknown, options: ParseOptions): PipelineFile {
  return readPipelines(raw, options, (config, filled, note) => {
    fitVariables(config, filled, schemaOf(config));
    return noteStructure(config, note);
  });
}
