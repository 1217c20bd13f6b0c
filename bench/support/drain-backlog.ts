import type { Backlog } from "./bench-sqs/backlog.js";
import type { BenchSqs } from "./bench-sqs/start.js";
import { type Launch, launch, type Took } from "./launch.js";
import { postgresUs } from "./processor.js";
import { environmentOf, rowsIn, type Stage } from "./stage.js";

/** Longer than any program takes between two deletes. */
const STALLED_AFTER_MS = 10_000;

/** Some messages were handed out and neither deleted nor asked for again. */
export class Stalled extends Error {}

export interface Drained {
  /** From the start of the program to the last message that was deleted. */
  readonly seconds: number;
  /** From the first receive to the last message that was deleted. */
  readonly secondsReceiving: number;
  readonly messages: number;
  /** Rows loaded: every login event of the backlog, or it is an error. */
  readonly rows: number;
  readonly requests: number;
  readonly databaseUs: number;
  readonly took: Took;
}

/** Lets a program drain a backlog into a database of its own, and checks that every login event is there. */
export async function drainBacklog(
  stage: Stage,
  program: Pick<Launch, "command" | "args" | "env">,
  backlog: Backlog,
  isEndless = false,
): Promise<Drained> {
  const { sqs, postgres } = stage;
  return stage.withDatabase(async (databaseUrl) => {
    const { loadable } = await sqs.reset(backlog);
    const beforeUs = await postgresUs(postgres.dataFolder);
    const isDone = watch(sqs, backlog.count);
    const env = { ...environmentOf(stage, databaseUrl), ...program.env };
    const took = await launch({ ...program, env, ...(isEndless ? { isDone } : {}) });
    const databaseUs = (await postgresUs(postgres.dataFolder)) - beforeUs;
    const counts = await sqs.counts();
    const rows = await rowsIn(databaseUrl);
    if (rows !== loadable || counts.deleted < loadable) {
      throw new Error(`${rows} rows and ${counts.deleted} deleted messages instead of ${loadable} each`);
    }
    return {
      seconds: (counts.doneAtMs - took.startedAtMs) / 1_000,
      secondsReceiving: (counts.doneAtMs - counts.startedAtMs) / 1_000,
      messages: backlog.count,
      rows,
      requests: counts.requestsUntilDone,
      databaseUs,
      took,
    };
  });
}

/** Done when all messages are deleted: somebody who runs for ever deletes those that are no login events too. */
function watch(sqs: BenchSqs, count: number): () => Promise<boolean> {
  let deleted = -1;
  let sinceMs = 0;
  return async () => {
    const counts = await sqs.counts();
    if (counts.deleted !== deleted) {
      deleted = counts.deleted;
      sinceMs = performance.now();
    }
    if (performance.now() - sinceMs > STALLED_AFTER_MS) {
      throw new Stalled(`${count - deleted} of ${count} messages were not deleted`);
    }
    return deleted >= count;
  };
}
