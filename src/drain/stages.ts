import { type Pollers, startPollers } from "../fetcher/pollers.js";
import { RETRY_FOR_MS } from "./limits.js";
import type { Run } from "./run.js";
import { createRunSink } from "./run-sink.js";
import type { Sink } from "./sink.js";
import { createPageTaker } from "./take-page.js";
import { createTransformStage, type TransformStage } from "./transform-stage.js";

/** The stages behind the pollers. */
export interface Stages {
  readonly transforming: TransformStage;
  readonly sink: Sink;
}

/** Puts a run's stages behind each other, from the last one to the first. */
export function createStages(run: Run): Stages {
  const sink = createRunSink(run);
  return { sink, transforming: createRunTransform(run, sink) };
}

function createRunTransform(run: Run, sink: Sink): TransformStage {
  const { options } = run;
  return createTransformStage({
    transform: options.transform,
    offload: options.offload,
    fifo: options.attributes.fifo,
    ...{ hand: run.hand, budget: run.budget, sink },
    ...{ stopper: run.stopper, kill: run.kill, clock: options.clock },
    giveBackLater: run.giveBackLater,
    onRetry: run.patience("fetch", RETRY_FOR_MS).onRetry,
  });
}

/** Begins to receive into the stages. */
export function startReceiving(run: Run, { transforming, sink }: Stages): Pollers {
  const { options, isDryRun, hand } = run;
  const { limits } = options;
  return startPollers({
    ...run.patience("receive", RETRY_FOR_MS),
    queue: options.queue,
    permits: run.permits,
    concurrency: limits.concurrency,
    waitSeconds: limits.waitSeconds,
    visibilitySeconds: limits.visibilitySeconds,
    stop: run.stopper.signal,
    onPage: createPageTaker(run, transforming),
    onIdle: sink.flush,
    // A dry run has all of them in hand until its end.
    isAtWork: () => !isDryRun && hand.isAtWork(),
  });
}
