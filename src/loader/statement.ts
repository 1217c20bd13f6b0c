import type { Column, ColumnType, TableName } from "../config/pipeline.js";
import { quoteIdentifier, quoteTable } from "./identifier.js";
import type { LoadBatch, LoadRow } from "./store.js";

/** What the statement needs to know of a column. */
export type TargetColumn = Pick<Column, "name" | "type">;

interface LoadStatement {
  /** For `knex.raw`. It answers with one row: `fresh`, the number of messages that were not in the ledger yet. */
  readonly sql: string;
  readonly bindings: (batch: LoadBatch) => unknown[];
}

/**
 * The element types of the arrays. Text for varchar: a cast to varchar(n) cuts without a word, while the assignment to
 * the column raises 22001 (https://www.postgresql.org/docs/current/datatype-character.html).
 */
const ELEMENT_TYPES: Readonly<Record<ColumnType["name"], string>> = {
  text: "text",
  varchar: "text",
  smallint: "smallint",
  integer: "integer",
  bigint: "bigint",
  boolean: "boolean",
  date: "date",
  timestamptz: "timestamptz",
};

/**
 * Builds the one statement that loads: ledger and rows in a single transaction of its own, one array a column. What is
 * in the ledger already is left out, as is a message's second copy in the batch. The ledger is filled in the order of
 * the message ids, so that two drains that share messages wait for each other instead of deadlocking. `fresh` counts
 * ledger entries, whatever triggers of the target do.
 * https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
export function createLoadStatement(
  table: TableName,
  columns: readonly TargetColumn[],
  schema: string,
): LoadStatement {
  const values = columns.map((_, index) => `c${index + 1}`);
  const arrays = ["?::uuid[]", ...columns.map(({ type }) => `?::${ELEMENT_TYPES[type.name]}[]`)];
  const sql = `with incoming as materialized (
  select distinct on (message_id) *
  from unnest(${arrays.join(", ")}) as t(${["message_id", ...values].join(", ")})
  order by message_id
), fresh as (
  insert into ${quoteTable({ schema, name: "ledger" })} (message_id, run_id, loaded_at)
  select message_id, ?::uuid, ?::timestamptz from incoming order by message_id
  on conflict do nothing
  returning message_id
), target as (
  insert into ${quoteTable(table)} (${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})
  select ${values.join(", ")} from incoming join fresh using (message_id)
)
select count(*)::integer as fresh from fresh`;
  return {
    sql,
    bindings: ({ rows, runId, stamp }) => [
      rows.map(({ messageId }) => messageId),
      ...columns.map((_, index) => valuesAt(rows, index)),
      runId,
      stamp,
    ],
  };
}

function valuesAt(rows: readonly LoadRow[], index: number): unknown[] {
  return rows.map(({ values }) => values[index] ?? null);
}
