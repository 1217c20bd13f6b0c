import { randomUUID } from "node:crypto";
import { type OpenStoreOptions, openStore } from "../../../src/loader/open-store.js";
import type { LoadBatch, LoadMessage, Store } from "../../../src/loader/store.js";
import type { TargetColumn } from "../../../src/loader/target.js";
import type { Value } from "../../../src/row.js";
import type { TestDatabase } from "../../support/database.js";

/** Some of user_logins. */
export const loginColumns: readonly TargetColumn[] = [
  { name: "user_id", type: { name: "varchar", length: 128 } },
  { name: "locale", type: { name: "varchar", length: 32 } },
  { name: "app_version", type: { name: "integer" } },
  { name: "create_date", type: { name: "date" } },
];

/** A store into user_logins, or whatever is said instead; closing it is the caller's. */
export function loginStore(
  database: Pick<TestDatabase, "url">,
  options: Partial<OpenStoreOptions> = {},
): Store {
  return openStore({
    database: { url: database.url, env: {} },
    targets: [{ table: { name: "user_logins" }, columns: loginColumns }],
    poolSize: 2,
    ...options,
  });
}

/** A batch with a message of its own for each row. */
export function batchOf(...rows: readonly (readonly Value[])[]): LoadBatch {
  return {
    runId: randomUUID(),
    stamp: "2026-03-04T05:06:07.123456Z",
    messages: rows.map((values) => messageOf(values)),
  };
}

/** The batch as SQS hands its messages out for the n-th time. */
export function handedOut(batch: LoadBatch, receiveCount: number): LoadBatch {
  return { ...batch, messages: batch.messages.map((message) => ({ ...message, receiveCount })) };
}

/** A message with one row, handed out for the first time. */
export function messageOf(values: readonly Value[]): LoadMessage {
  return {
    messageId: randomUUID(),
    sentAtMs: Date.UTC(2026, 2, 4),
    receiveCount: 1,
    rows: [{ target: 0, values }],
  };
}

export const ann: readonly Value[] = ["ann", "RU", 20_300, "2026-03-04"];
export const bob: readonly Value[] = ["bob", null, null, "2026-03-04"];
