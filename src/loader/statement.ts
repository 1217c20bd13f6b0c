import { quoteTable } from "./identifier.js";
import type { LoadBatch } from "./store.js";
import type { LoadTarget } from "./target.js";
import { arraysOf, uniqueMessages } from "./target-arrays.js";
import { hasConstants, partOf } from "./target-part.js";
import { vaultBindings, vaultCtes } from "./vault-sql.js";

/** Where messages come from: the queue, or the sealed rejects, whose seals go in the same transaction. */
export type LoadSource = "queue" | "quarantine";

export interface LoadStatement {
  /**
   * For `knex.raw`. It answers with one row: `fresh`, the number of messages that were not in the ledger yet; where there
   * are tokens, `key_superseded`: true when nothing was loaded because another key is the current one by now; and where
   * rows may come again, `superseded`: how many gave way to one with the same key.
   */
  readonly sql: string;
  readonly bindings: (batch: LoadBatch) => unknown[];
  /**
   * It reads no table of its own that grows, so that a plan that was good once is good for the whole run; and it has no
   * constants, whose types would stay what those of their columns were.
   */
  readonly keepsPlan: boolean;
}

/**
 * Builds the statement that can load any batch: ledger and rows in a single transaction of its own, one array a column.
 * What is in the ledger already is left out. Rows go in in the order of the batch; the ledger is filled in the order of
 * the message ids, so that two drains that share messages wait for each other instead of deadlocking. `fresh` counts ledger
 * entries, whatever triggers of the targets do. From the quarantine only what is still sealed is loaded, and it is so no
 * more when the transaction ends: of two replays one finds nothing left to do. Where columns hold tokens, what the vault
 * does not know yet goes in with the rows. Foreign keys between the targets are checked when all of them have their rows.
 * https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
export function createLoadStatement(
  targets: readonly LoadTarget[],
  schema: string,
  source: LoadSource = "queue",
): LoadStatement {
  const parts = targets.map((target, index) => partOf(target, index, schema));
  const tokenColumns = parts.flatMap((part) => part.tokenColumns);
  const superseded = parts.flatMap((part) => part.superseded ?? []);
  const hasTokens = tokenColumns.length > 0;
  const rejects = quoteTable({ schema, name: "rejects" });
  const isSealed = source === "quarantine";
  const sql = `with ${parts.map(({ incoming }) => incoming).join(", ")}, messages as materialized (
  ${parts.map(({ relation }) => `select message_id from ${relation}`).join("\n  union\n  ")}${parts.length === 1 ? " group by message_id" : ""}
), ${hasTokens ? vaultCtes(schema, tokenColumns) : ""}${isSealed ? sealedOf(rejects) : ""}fresh as (
  insert into ${quoteTable({ schema, name: "ledger" })} (message_id, run_id, loaded_at)
  select message_id, ?::uuid, ?::timestamptz from ${isSealed ? "sealed" : "messages"}${hasTokens ? " where not exists (select from superseded)" : ""} order by message_id
  on conflict do nothing
  returning message_id
), ${isSealed ? unsealing(rejects) : ""}${parts.map(({ insert }) => insert).join(", ")}
select count(*)::integer as fresh${hasTokens ? ", exists (select from superseded) as key_superseded" : ""}${superseded.length > 0 ? `, (${superseded.join(" + ")})::integer as superseded` : ""} from fresh`;
  return {
    sql,
    keepsPlan: !hasTokens && !isSealed && !targets.some(hasConstants),
    bindings: ({ messages, runId, stamp }) => [
      ...arraysOf(uniqueMessages(messages), targets),
      ...(hasTokens ? vaultBindings(messages, tokenColumns) : []),
      ...[runId, stamp],
      ...(isSealed ? [runId, stamp] : []),
      ...parts.flatMap((part) => part.insertBindings),
    ],
  };
}

/** Locked in the order of the ids, like the ledger. */
function sealedOf(rejects: string): string {
  return `sealed as materialized (
  select message_id from ${rejects}
  where message_id in (select message_id from messages) and sealed_body is not null
  order by message_id for update
), `;
}

/** What the ledger knew already was loaded before, and not by this replay. */
function unsealing(rejects: string): string {
  return `unsealed as (
  update ${rejects} as known set sealed_body = null, run_id = ?::uuid,
    replayed_at = case when message_id in (select message_id from fresh) then ?::timestamptz else replayed_at end
  where message_id in (select message_id from sealed)
), `;
}
