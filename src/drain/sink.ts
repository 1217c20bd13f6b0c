import type { Clock } from "../clock.js";
import type { Deleter } from "../fetcher/deleter.js";
import type { Reject } from "../reject.js";
import type { Row } from "../row.js";
import type { OnRetry } from "./events.js";
import type { Hand, Held } from "./hand.js";
import type { Tally } from "./tally.js";

/** What the stages that load and that reject have in common. */
export interface StageContext {
  readonly runId: string;
  readonly clock: Clock;
  readonly hand: Hand;
  readonly tally: Tally;
  readonly deleter: Deleter;
  readonly retryForMs: number;
  /** Aborted: no further attempts. */
  readonly killed: AbortSignal;
  /** Whether the run has failed: then nothing more is loaded, and one attempt is enough for the rest. */
  readonly hasFailed: () => boolean;
  readonly giveBackLater: (id: string) => void;
  readonly onRetry: OnRetry;
  readonly onError: (error: unknown) => void;
  /** More messages are left on the queue than can be kept away from the run. */
  readonly onTooManyLeft: () => void;
}

/** Where transformed messages go: into the database, or, in a dry run, back to the queue. */
export interface Sink {
  rows(held: Held, rows: readonly Row[]): void;
  reject(held: Held, reject: Reject): void;
  /** No more is coming for the moment: what waits for company goes ahead. */
  flush(): void;
  /** Resolves when everything that was given has its outcome and is deleted where it should be. */
  finish(): Promise<void>;
}
