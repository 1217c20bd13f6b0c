import type { Contender } from "./contenders.js";
import { type Drained, drainBacklog, Stalled } from "./drain-backlog.js";
import { type Figures, figuresOf } from "./speed-figures.js";
import type { Stage } from "./stage.js";

/** A contender with all that it needs. */
export interface ReadyContender {
  readonly contender: Contender;
  readonly program: Awaited<ReturnType<Contender["prepare"]>>;
}

export interface TurnsOptions {
  readonly rounds: number;
  /** For the fast ones; the slow ones get their share. */
  readonly messages: number;
  readonly latencyMs: number;
  /** Told what is to stand above the table. */
  readonly note: (text: string) => void;
  readonly progress: (text: string) => void;
}

/** Of one run that came to nothing. */
const REPETITIONS = 3;

/** Lets the contenders drain the same backlog, in turns: their figures, the fastest first. */
export async function runInTurns(
  stage: Stage,
  ready: readonly ReadyContender[],
  options: TurnsOptions,
): Promise<readonly Figures[]> {
  const { rounds, messages, latencyMs, progress } = options;
  const runs = new Map<Contender, Drained[]>(ready.map(({ contender }) => [contender, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contender, program } of ready) {
      const count = Math.ceil(messages * contender.share);
      const drained = await repeated(contender.title, options, () =>
        drainBacklog(stage, program, { count, latencyMs }, contender.isEndless),
      );
      if (drained === undefined) continue;
      runs.get(contender)?.push(drained);
      progress(`${round}: ${contender.title}: ${Math.round(count / drained.seconds)}/s`);
    }
  }
  return [...runs]
    .filter(([, drained]) => drained.length > 0)
    .map(([contender, drained]) => figuresOf(contender, drained))
    .sort((one, other) => other.perSecond - one.perSecond);
}

/**
 * Runs once more what has stalled. The AWS SDK for Go now and then closes a connection while it reads an answer that came
 * faster than its own writer ended, and asks again: on SQS the page comes back when its lease ends; on the canned queue it
 * never does.
 */
async function repeated(
  title: string,
  { note }: TurnsOptions,
  run: () => Promise<Drained>,
): Promise<Drained | undefined> {
  for (let attempt = 1; attempt <= REPETITIONS; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Stalled)) throw error;
      note(`A run of ${title} does not count: ${error.message}.`);
    }
  }
  return undefined;
}
