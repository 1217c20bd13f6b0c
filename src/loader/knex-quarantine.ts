import type { Connection } from "./connection.js";
import { quoteTable } from "./identifier.js";
import { createKnexStore, type KnexStoreOptions } from "./knex-store.js";
import type { Quarantine, RenewedReject, SealedFilter, SealedPage } from "./quarantine.js";
import { query } from "./query.js";
import { toStorableText } from "./storable.js";

/** The port of a replay over Knex. */
export function createKnexQuarantine(connection: Connection, options: KnexStoreOptions): Quarantine {
  const { schema, statementTimeoutMs: timeoutMs } = options;
  const { check, claimKeys, load, startRun, finishRun, close } = createKnexStore(
    connection,
    options,
    "quarantine",
  );
  const rejects = quoteTable({ schema, name: "rejects" });
  const onRejects = { table: `${schema}.rejects`, timeoutMs };
  const run = (sql: string, bindings: readonly unknown[]) => query(connection, sql, bindings, onRejects);

  return {
    check,
    claimKeys,
    load,
    startRun,
    finishRun,
    close,

    page: async ({ maxRejects, maxBytes, ...wanted }) => {
      const { condition, bindings } = sealedOnes(wanted);
      const rows = await run(pageSql(rejects, condition), [...bindings, maxRejects, maxBytes]);
      return rows.map(({ message_id: messageId, sealed_body: sealed }) => ({
        messageId: String(messageId),
        sealed: Buffer.isBuffer(sealed) ? sealed : Buffer.alloc(0),
      }));
    },

    count: async (filter) => {
      const { condition, bindings } = sealedOnes(filter);
      const sql = `select count(*)::integer as count from ${rejects} where ${condition}`;
      const [counted] = await run(sql, bindings);
      return Number(counted?.["count"]);
    },

    renew: async (renewed) => {
      if (renewed.length > 0) await run(renewSql(rejects), renewBindings(renewed));
    },
  };
}

/**
 * Without a word on what is not asked for: conditions that hold of every row make the planner expect few of them, and
 * pass over the index on the sealed ones.
 */
function sealedOnes({ queue, code, afterId }: SealedFilter & { readonly afterId?: SealedPage["afterId"] }): {
  readonly condition: string;
  readonly bindings: readonly unknown[];
} {
  const conditions = ["sealed_body is not null", "queue = ?"];
  const bindings: unknown[] = [toStorableText(queue)];
  if (code !== undefined) {
    conditions.push("code = ?");
    bindings.push(toStorableText(code));
  }
  if (afterId !== undefined) {
    conditions.push("message_id > ?::uuid");
    bindings.push(afterId);
  }
  return { condition: conditions.join(" and "), bindings };
}

/** The sizes are known without reading what is sealed, so no more of it is read than the page may hold. */
function pageSql(rejects: string, condition: string): string {
  return `select message_id, sealed_body from ${rejects} where message_id in (
  select message_id from (
    select message_id, sum(bytes) over earlier as total, row_number() over earlier as place from (
      select message_id, octet_length(sealed_body) as bytes from ${rejects}
      where ${condition}
      order by message_id limit ?::integer
    ) as candidates
    window earlier as (order by message_id)
  ) as measured where total <= ?::bigint or place = 1
) order by message_id`;
}

/** Locked in the order of the ids, as whatever else writes to the rejects does, so that nobody deadlocks. */
function renewSql(rejects: string): string {
  return `with renewed as materialized (
  select t.* from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[])
    as t(message_id, stage, code, field, reason, run_id)
  join ${rejects} as known using (message_id)
  where known.sealed_body is not null order by message_id for update of known
)
update ${rejects} as known
set stage = renewed.stage, code = renewed.code, field = renewed.field, reason = renewed.reason, run_id = renewed.run_id
from renewed where known.message_id = renewed.message_id`;
}

function renewBindings(renewed: readonly RenewedReject[]): unknown[][] {
  return [
    renewed.map(({ messageId }) => messageId),
    renewed.map(({ stage }) => stage),
    renewed.map(({ code }) => toStorableText(code)),
    renewed.map(({ field }) => (field === null ? null : toStorableText(field))),
    renewed.map(({ reason }) => toStorableText(reason)),
    renewed.map(({ runId }) => runId),
  ];
}
