import type { Clock } from "../clock.js";
import type { Queue, QueueAttributes } from "../fetcher/queue.js";
import type { Store } from "../loader/store.js";
import type { Message } from "../message.js";
import type { Offload } from "../payloads/offload.js";
import type { Transform } from "../transform/types.js";
import type { OnDrainEvent } from "./events.js";
import type { DrainLimits } from "./limits.js";

/** What a run is made of. */
export interface EngineOptions {
  readonly runId: string;
  /** The target's name, for the report. */
  readonly table: string;
  readonly queue: Queue;
  /** As they were before the first receive. */
  readonly attributes: QueueAttributes;
  /** Undefined in a dry run. */
  readonly store: Store | undefined;
  readonly transform: Transform;
  /** Given: some payloads are not in their messages. */
  readonly offload?: Pick<Offload, "pointerOf" | "fetch"> | undefined;
  readonly shapeOf: (message: Message, payload: string | undefined) => unknown;
  /** Given: rejects are quarantined, sealed by this; `id` is the message's in the tables. */
  readonly seal: ((message: Message, id: string) => Buffer) | undefined;
  readonly limits: DrainLimits;
  readonly clock: Clock;
  /** Aborted: stop receiving, finish what is in hand, give back the rest. */
  readonly stop: AbortSignal;
  /** Aborted: end at once; what has no outcome yet is in doubt. */
  readonly kill: AbortSignal;
  readonly onEvent?: OnDrainEvent | undefined;
}
