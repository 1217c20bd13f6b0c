import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import type { Settings } from "../../../src/config/resolve.js";
import type { Check, Finding } from "../../../src/doctor/check.js";
import type { DatabaseProbe, Row } from "../../../src/doctor/database-probe.js";
import { createFacts } from "../../../src/doctor/facts.js";
import type { QueueProbe } from "../../../src/doctor/queue-probe.js";
import type { Tools } from "../../../src/doctor/tools.js";
import { NO_KEYS } from "../../../src/masking/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

export function toolsOf(more: Partial<Tools> = {}): Tools {
  return {
    ...{ flags: {}, pipeline: undefined, env: {}, cwd: "/nonexistent" },
    clock: createVirtualClock(),
    receive: false,
    timeoutMs: 10_000,
    facts: createFacts(),
    signal: new AbortController().signal,
    onClose: () => {},
    ...more,
  };
}

/** What a check finds, which must not throw. */
export async function found(check: Check, tools: Tools): Promise<Finding> {
  return check.run(tools);
}

/** What waiting for an answer of a queue that is none comes to: each call has to be given. */
export function queueOf(more: Partial<QueueProbe> = {}): QueueProbe {
  const unasked = (): never => {
    throw new Error("nobody expected this call");
  };
  return {
    ...{ name: "orders", url: "https://sqs.eu-west-1.amazonaws.com/123456789012/orders" },
    ...{ region: "eu-west-1", account: "123456789012" },
    host: () => "sqs.eu-west-1.amazonaws.com",
    ...{ attributes: unasked, attributesOf: unasked, deleteNothing: unasked, extendNothing: unasked },
    ...{ receiveNothing: unasked, receiveOne: unasked },
    ...more,
  };
}

/** A database that gives the same row to whatever it is asked. */
export function databaseOf(row: Row | undefined): DatabaseProbe {
  const rows = row === undefined ? [] : [row];
  const connection = { close: async () => {} } as DatabaseProbe["connection"];
  return { connection, target: "db:5432/shop", user: "clerk", ask: async () => rows };
}

/** Those of the built-in pipeline, whose bodies may be another way. */
export function settingsOf(body: Partial<Pipeline["body"]> = {}): Settings {
  const parsed = parsePipeline(LOGIN_PIPELINE, { source: "the test", queue: undefined });
  const pipeline = { ...parsed.pipeline, body: { ...parsed.pipeline.body, ...body } };
  return {
    ...{ configSource: "the test", bookkeepingSchema: "sqs2pg", pipeline, pipelines: [pipeline] },
    ...{ database: undefined, keys: NO_KEYS, notices: [] },
  };
}
