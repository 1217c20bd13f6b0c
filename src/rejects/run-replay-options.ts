import type { Clock } from "../clock.js";
import type { OnDrainEvent } from "../drain/events.js";
import type { Quarantine } from "../loader/quarantine.js";
import type { Offload } from "../payloads/offload.js";
import type { OpenPageOptions } from "./open-page.js";

export interface RunReplayOptions extends Omit<OpenPageOptions, "tally" | "onUnopened" | "payloadOf"> {
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  /** The queue's name: whose rejects. */
  readonly queueName: string;
  /** The target's name, for the report. */
  readonly table: string;
  readonly quarantine: Quarantine;
  /** Only rejects with this code. */
  readonly code: string | undefined;
  /** Rejects to read at most. */
  readonly max: number;
  /** Rejects at once, and rows in one statement. */
  readonly batchSize: number;
  /** So many rows in a row that the database refuses end the replay. */
  readonly rejectsInARow: number;
  readonly dryRun: boolean;
  readonly clock: Clock;
  /** Aborted: what is in memory is finished, and nothing more is read. */
  readonly stop: AbortSignal;
  /** Aborted: ends at once; what has no outcome yet is in doubt. */
  readonly kill: AbortSignal;
  readonly onEvent?: OnDrainEvent | undefined;
}
