import type { RawPipeline } from "./file-form.js";
import type { Note } from "./reading.js";

/**
 * The settings that are the queue's rather than a pipeline's, since each message is read once for all pipelines of its
 * queue; each with what it is where it is not set.
 */
const OF_QUEUE: Readonly<Record<string, unknown>> = {
  envelope: "none",
  encoding: "json",
  s3_buckets: [],
};

/** Notes where pipelines of one queue do not agree on what is the queue's. */
export function noteDisagreements(pipelines: readonly RawPipeline[], note: Note): void {
  const firsts = new Map<unknown, RawPipeline>();
  for (const pipeline of pipelines) {
    const first = firsts.get(pipeline.queue);
    if (first === undefined) firsts.set(pipeline.queue, pipeline);
    else noteDifferences(first, pipeline, note);
  }
}

function noteDifferences(first: RawPipeline, other: RawPipeline, note: Note): void {
  for (const [setting, usual] of Object.entries(OF_QUEUE)) {
    if (meaning(first.raw[setting] ?? usual) === meaning(other.raw[setting] ?? usual)) continue;
    note(
      `${other.path}.${setting}`,
      `has to be the same as in pipelines.${first.name}: both read the same queue, and each message is read once for both`,
    );
  }
}

/** The order of a list does not matter in any of these settings. */
function meaning(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? [...new Set(value)].sort() : value);
}
