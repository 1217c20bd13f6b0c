import { UsageError } from "../errors.js";
import { suggestion } from "../nearest.js";
import { quoted } from "../quoted.js";
import type { Pipeline } from "./pipeline.js";

/** A pipeline with the queue that its file gives it, by which pipelines belong together. */
export interface ReadPipeline {
  readonly pipeline: Pipeline;
  /** Undefined: it is left to a flag or to the environment. */
  readonly fileQueue: string | undefined;
}

/** The chosen pipeline, and all of its queue in the order of the file. */
export interface ChosenPipelines {
  readonly pipeline: Pipeline;
  readonly pipelines: readonly [Pipeline, ...Pipeline[]];
  /** As the file has it. */
  readonly fileQueue: string | undefined;
}

export interface Choice {
  /** What was asked for, and by what. */
  readonly name?: { readonly text: string; readonly by: string } | undefined;
  /**
   * What a command works on, and so what has to be chosen where there are several: a `queue` with all of its pipelines, or
   * one `table`. `any`: neither.
   */
  readonly of: "queue" | "table" | "any";
  /** What errors call the file. */
  readonly source: string;
}

/** Throws UsageError `pipeline_unknown` and `pipeline_ambiguous`. */
export function choosePipelines(
  all: readonly [ReadPipeline, ...ReadPipeline[]],
  choice: Choice,
): ChosenPipelines {
  const { pipeline, fileQueue } =
    choice.name === undefined ? onlyOne(all, choice) : named(all, choice, choice.name);
  const [first = pipeline, ...rest] = all
    .filter((other) => other.fileQueue === fileQueue)
    .map((other) => other.pipeline);
  return { pipeline, pipelines: [first, ...rest], fileQueue };
}

function named(
  all: readonly ReadPipeline[],
  { source }: Choice,
  { text, by }: { readonly text: string; readonly by: string },
): ReadPipeline {
  const found = all.find(({ pipeline }) => pipeline.name === text);
  if (found !== undefined) return found;
  const names = namesOf(all);
  throw new UsageError(
    "pipeline_unknown",
    names.length === 0
      ? `${by}: ${source} has one pipeline without a name: leave ${by} out`
      : `${by}: ${source} has no pipeline ${quoted(text)}${suggestion(text, names)}`,
  );
}

function onlyOne(all: readonly [ReadPipeline, ...ReadPipeline[]], { of, source }: Choice): ReadPipeline {
  const [first] = all;
  const isClear =
    of === "any" ||
    all.length === 1 ||
    (of === "queue" && all.every(({ fileQueue }) => fileQueue === first.fileQueue));
  if (isClear) return first;
  const what =
    of === "queue" ? "pipelines of several queues" : "several pipelines, and this command works on one";
  throw new UsageError(
    "pipeline_ambiguous",
    `${source} has ${what}: choose one with --pipeline (env: SQS2PG_PIPELINE): ${namesOf(all).join(", ")}`,
  );
}

function namesOf(all: readonly ReadPipeline[]): string[] {
  return all.flatMap(({ pipeline: { name } }) => name ?? []);
}
