import type { Check, Finding } from "../../../src/doctor/check.js";
import type { DatabaseProbe, Row } from "../../../src/doctor/database-probe.js";
import { createFacts } from "../../../src/doctor/facts.js";
import type { QueueProbe } from "../../../src/doctor/queue-probe.js";
import type { Tools } from "../../../src/doctor/tools.js";
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
