import { DatabaseError } from "../errors.js";
import type { RejectStage } from "../reject.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { toStoreError } from "./errors/driver-error.js";
import { explainListingFailure } from "./explain/explain-failure.js";
import { quoteTable } from "./identifier.js";
import { requireMigrations } from "./migrations/require.js";
import { query } from "./query.js";
import { toStorableText } from "./storable.js";

/**
 * Where a reject is now. `quarantined`: sealed in the table. `replayed`: loaded from there. `loaded`: by a later delivery,
 * as far as the ledger still knows. `left`: as far as we know on the queue, unless its redrive policy has moved it.
 */
export type RejectStatus = "quarantined" | "left" | "replayed" | "loaded";

/** Rejects for the same reason and in the same place. */
export interface RejectGroupRow {
  readonly queue: string;
  readonly status: RejectStatus;
  readonly stage: RejectStage;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** Of those seen last. */
  readonly messageIds: readonly string[];
}

export interface RejectGroupsOptions {
  readonly schema: string;
  /** Undefined: of every queue. */
  readonly queue: string | undefined;
  readonly code: string | undefined;
  /** Message ids of each group, at most. */
  readonly examples: number;
  readonly timeoutMs: number;
}

/** The rejects in groups, the largest first. Throws `DatabaseError`. */
export async function rejectGroups(
  connection: Connection,
  options: RejectGroupsOptions,
): Promise<RejectGroupRow[]> {
  const { schema, queue, code, examples, timeoutMs } = options;
  const { knex, target, user } = connection;
  const table = `${schema}.rejects`;
  const wantedQueue = queue === undefined ? null : toStorableText(queue);
  const bindings = [wantedQueue, code === undefined ? null : toStorableText(code), examples];
  try {
    await requireMigrations(knex, schema, target);
    const rows = await query(connection, groupsSql(schema), bindings, { table, timeoutMs });
    return rows.map(toGroup);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const failure = toStoreError(error, { target, user, table }, false);
    throw toDatabaseError(await explainListingFailure(connection, failure, schema));
  }
}

function groupsSql(schema: string): string {
  return `with known as (
  select *, case
    when sealed_body is not null then 'quarantined'
    when replayed_at is not null then 'replayed'
    when exists (select from ${quoteTable({ schema, name: "ledger" })} as entry where entry.message_id = rejects.message_id)
      then 'loaded'
    else 'left' end as status
  from ${quoteTable({ schema, name: "rejects" })}
  where queue = coalesce(?, queue) and code = coalesce(?, code)
)
select queue, status, stage, code, field, min(reason) as reason, count(*)::integer as count,
  min(first_seen) as first_seen, max(last_seen) as last_seen,
  (array_agg(message_id order by last_seen desc, message_id))[1:?::integer] as message_ids
from known group by queue, status, stage, code, field
order by count desc, queue, status, stage, code, field`;
}

function toGroup(row: Readonly<Record<string, unknown>>): RejectGroupRow {
  const { first_seen: firstSeen, last_seen: lastSeen, message_ids: messageIds, ...rest } = row;
  return { ...rest, firstSeen, lastSeen, messageIds } as RejectGroupRow;
}
