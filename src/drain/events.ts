import type { Backoff } from "../backoff.js";
import type { QueueCounters } from "../fetcher/queue.js";
import type { StoppedBecause } from "./report.js";

/** The counts so far. */
export interface Progress {
  readonly received: number;
  readonly loaded: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly released: number;
  readonly deleted: number;
  /** Active pollers. */
  readonly pollers: number;
}

/** What a drain tells while it runs. An observer cannot stop the run: what it throws is dropped. */
export type DrainEvent =
  /** `backlog`: the queue's counters before the first receive. */
  | {
      readonly type: "started";
      readonly run_id: string;
      readonly queue: string;
      readonly table: string;
      readonly backlog: QueueCounters;
      /** As many messages as are received at most, if there is a limit. */
      readonly max: number | undefined;
      readonly dry_run: boolean;
    }
  /** After each change worth drawing, a few times a second at the most. */
  | { readonly type: "progress"; readonly progress: Progress }
  /** Receiving has ended; what is in hand is being finished. */
  | { readonly type: "stopping"; readonly because: StoppedBecause }
  /** Something that the user should know and the report does not say. */
  | { readonly type: "notice"; readonly message: string }
  /** The run has failed and is being finished; `error` may quote values, so only its class and code are fit to show. */
  | { readonly type: "failed"; readonly error: unknown }
  /** A call of SQS could not be made directly: the AWS SDK makes it, and all others for so long. */
  | { readonly type: "detour"; readonly action: string; readonly code: string; readonly pause_ms: number }
  /** A transient error is being waited out: what (never a value), and for how long. */
  | {
      readonly type: "retry";
      readonly what: Retried;
      readonly code: string;
      readonly attempt: number;
      readonly delay_ms: number;
    };

/** `read`: sealed rejects. `fetch`: payloads. */
export type Retried = "load" | "fetch" | "rejects" | "record" | "read" | "delete" | "release" | "receive";

export interface Retry extends Backoff {
  readonly what: Retried;
}

export type OnRetry = (retry: Retry) => void;

export type OnDrainEvent = (event: DrainEvent) => void;
