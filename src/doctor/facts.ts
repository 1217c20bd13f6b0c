import type { DatabaseSettings } from "../config/database-source.js";
import type { Settings } from "../config/resolve.js";
import type { QueueAttributes } from "../fetcher/queue.js";
import type { Session } from "../fetcher/sqs/session.js";
import type { Keyring } from "../masking/index.js";
import type { ClockReading } from "./clock-difference.js";
import type { DatabaseProbe } from "./database-probe.js";
import type { QueueProbe } from "./queue-probe.js";

/** Something that one check finds out, for the checks that need it. */
export interface Fact<Value> {
  set(value: Value): void;
  /** Throws before it is set: whoever asks must name the check that sets it in its `needs`. */
  get(): Value;
  /** Undefined before it is set. */
  peek(): Value | undefined;
}

export interface Facts {
  readonly settings: Fact<Settings>;
  readonly keys: Fact<Keyring>;
  readonly session: Fact<Session>;
  /** What the SDK warns of while it looks for credentials; it may warn of the same again. */
  readonly sdkWarnings: Set<string>;
  readonly queue: Fact<QueueProbe>;
  /** As SQS names them, and as the drain reads them. */
  readonly rawAttributes: Fact<Readonly<Partial<Record<string, string>>>>;
  readonly attributes: Fact<QueueAttributes>;
  /** Whether the one receive that was asked for gave a message. */
  readonly hasReceived: Fact<boolean>;
  readonly databaseSettings: Fact<DatabaseSettings>;
  readonly database: Fact<DatabaseProbe>;
  readonly sqsClock: Fact<ClockReading>;
  readonly databaseClock: Fact<ClockReading>;
  readonly sqsLatencyMs: Fact<number>;
  readonly databaseLatencyMs: Fact<number>;
}

export function createFacts(): Facts {
  return {
    settings: fact(),
    keys: fact(),
    session: fact(),
    sdkWarnings: new Set(),
    queue: fact(),
    rawAttributes: fact(),
    attributes: fact(),
    hasReceived: fact(),
    databaseSettings: fact(),
    database: fact(),
    sqsClock: fact(),
    databaseClock: fact(),
    sqsLatencyMs: fact(),
    databaseLatencyMs: fact(),
  };
}

function fact<Value>(): Fact<Value> {
  let held: { readonly value: Value } | undefined;
  return {
    set: (value) => {
      held = { value };
    },
    get: () => {
      if (held === undefined) throw new Error("a check asks for what it does not need");
      return held.value;
    },
    peek: () => held?.value,
  };
}
