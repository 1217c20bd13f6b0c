import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { dateOf, query } from "./query.js";

/** A run that has not noted its end: it is under way, or was killed. */
export interface UnfinishedRun {
  readonly id: string;
  /** The tables as pipelines name them, as `tablesText` writes them. */
  readonly targets: string;
  /** Of the key that is first for it; null: it has none. */
  readonly keyId: string | null;
  readonly startedAt: Date;
}

const TIMEOUT_MS = 60_000;

/** Those of the last 14 days, the newest first: what began before that was killed. Throws `StoreError`. */
export async function unfinishedRuns(connection: Connection, schema: string): Promise<UnfinishedRun[]> {
  const rows = await query(
    connection,
    `select id, target, key_id, started_at from ${quoteTable({ schema, name: "runs" })}
where finished_at is null and started_at > now() - interval '14 days' order by started_at desc, id`,
    [],
    { table: `${schema}.runs`, timeoutMs: TIMEOUT_MS },
  );
  return rows.map(({ id, target, key_id: keyId, started_at: startedAt }) => ({
    id: String(id),
    targets: String(target),
    keyId: keyId === null ? null : String(keyId),
    startedAt: dateOf(startedAt),
  }));
}
