import { type Clock, systemClock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { Settings } from "../config/resolve.js";
import { InterruptedError } from "../errors.js";
import { type Connection, connect } from "../loader/connection.js";
import { retrying } from "../loader/retry.js";
import { finishUnmaskLog, startUnmaskLog, type UnmaskLogEntry } from "../loader/unmask-log.js";
import { lookUpTokens } from "../loader/vault.js";
import { unlessStopped } from "../unless-stopped.js";
import type { UnmaskMeans } from "./unmask-column.js";
import type { ReversibleColumn } from "./unmask-columns.js";
import { checkUnprovenKeys, requireKeys } from "./unmask-keys.js";
import { createUnmaskTally, reportedError, type UnmaskReport, type UnmaskTally } from "./unmask-report.js";

/** What all ways to unmask have in common. */
export interface UnmaskOptions {
  /** One line that the user should see, before the first value. */
  readonly onNotice?: (message: string) => void;
  /** What ended it, to be traced; its words are in the report. */
  readonly onError?: (error: unknown) => void;
  /** Aborted: nothing more is unmasked, and the log is completed. */
  readonly stop?: AbortSignal;
  /** Aborted: it ends at once. */
  readonly kill?: AbortSignal;
  readonly env?: Environment;
  readonly clock?: Clock;
}

/** What is ready before the first value. */
export interface UnmaskSession {
  readonly means: UnmaskMeans;
  /** Undefined: there is no database. */
  readonly connection: Connection | undefined;
  readonly stop: AbortSignal;
  /**
   * Writes down what is about to be shown, does the work, and completes the log. It throws what goes wrong before the
   * work; what goes wrong in it is in the report. The work answers why it ended, and notes what it hands out before it
   * does.
   */
  run(
    entry: Pick<UnmaskLogEntry, "source" | "filter">,
    columns: readonly ReversibleColumn[],
    work: (tally: UnmaskTally) => Promise<UnmaskReport["stopped_because"]>,
  ): Promise<UnmaskReport>;
}

const NOTHING_SHOWN = "interrupted before the first value: nothing was unmasked";
/** How long the vault may be away, in milliseconds. */
const LOOK_UP_FOR_MS = 30_000;
/** And the log, at the end. */
const FINISH_FOR_MS = 5_000;

/** Opens what unmasking needs and closes it afterwards. Throws `UsageError`, `DatabaseError` and `InterruptedError`. */
export async function withUnmaskSession(
  settings: Settings,
  options: UnmaskOptions,
  action: (session: UnmaskSession) => Promise<UnmaskReport>,
): Promise<UnmaskReport> {
  const { database, keys, bookkeepingSchema: schema, pipeline } = settings;
  const { env = process.env, clock = systemClock, onNotice = () => {} } = options;
  const { kill = new AbortController().signal } = options;
  const stop = options.stop === undefined ? kill : AbortSignal.any([options.stop, kill]);
  requireKeys(keys);
  const connection = database === undefined ? undefined : connect({ ...database, env }, { poolSize: 2 });
  const lookUp =
    connection === undefined
      ? undefined
      : (tokens: readonly string[]) => {
          const patience = { clock, retryForMs: LOOK_UP_FOR_MS, signal: stop };
          return unlessStopped(
            retrying(() => lookUpTokens(connection, schema, tokens), patience),
            stop,
          );
        };

  const start = async (
    entry: Pick<UnmaskLogEntry, "source" | "filter">,
    columns: readonly ReversibleColumn[],
  ): Promise<number | null> => {
    await checkUnprovenKeys(columns, settings, connection, onNotice);
    if (connection === undefined) return null;
    return startUnmaskLog(connection, schema, {
      ...{ command: "unmask", table: pipeline.table, columns: columns.map(({ name }) => name) },
      ...entry,
    });
  };

  const finish = async (id: number | null, { done, failed }: UnmaskTally): Promise<void> => {
    if (connection === undefined || id === null || kill.aborted) return;
    const patience = { clock, retryForMs: FINISH_FOR_MS, signal: kill };
    await retrying(() => finishUnmaskLog(connection, schema, id, { done, failed }), patience);
  };

  const run: UnmaskSession["run"] = async (entry, columns, work) => {
    const id = await unlessStopped(start(entry, columns), stop, NOTHING_SHOWN);
    const tally = createUnmaskTally();
    let because: UnmaskReport["stopped_because"] = "signal";
    let failure: UnmaskReport["error"];
    const fail = (error: unknown): void => {
      // Only a stop interrupts.
      if (error instanceof InterruptedError) return;
      options.onError?.(error);
      because = "error";
      failure ??= reportedError(error);
    };
    const workAndFinish = async (): Promise<void> => {
      try {
        because = await work(tally);
      } catch (error) {
        fail(error);
      }
      await finish(id, tally).catch(fail);
    };
    await unlessStopped(workAndFinish(), kill).catch(fail);
    return {
      stopped_because: because,
      ...(failure === undefined ? {} : { error: failure }),
      values_done: tally.done,
      values_failed: tally.failed,
      failures: tally.failures(),
      log_entry: id,
    };
  };

  try {
    return await action({ means: { keys, lookUp }, connection, stop, run });
  } finally {
    const closed = connection?.close();
    if (!kill.aborted) await closed;
  }
}
