import type { Knex } from "knex";
import type { TableName } from "../config/pipeline.js";
import { tableOidSql } from "./catalog.js";
import { quoteTable } from "./identifier.js";

/** The rows to look at, as an item of `from` with its bindings. */
export interface AuditSource {
  readonly sql: string;
  readonly bindings: readonly number[];
  /** Not all rows of the table. */
  readonly isSample: boolean;
}

/** Tables that have pages of their own, or parts that have. */
const SAMPLED_KINDS: readonly unknown[] = ["r", "p"];

/**
 * All rows of a table, or whole pages of it that hold about `sample` rows, the same ones each time. A view, or a table that
 * was never analysed, gives its first rows instead.
 * https://www.postgresql.org/docs/current/sql-select.html (TABLESAMPLE)
 */
export async function auditSource(
  knex: Knex,
  table: TableName,
  sample: number | undefined,
): Promise<AuditSource> {
  const name = quoteTable(table);
  if (sample === undefined) return { sql: name, bindings: [], isSample: false };
  const { sql, bindings } = tableOidSql(table);
  const { rows } = await knex.raw(
    `select relkind as kind, reltuples as estimate from pg_class where oid = (${sql})`,
    [...bindings],
  );
  const [found] = rows;
  const estimate = Number(found?.estimate);
  if (SAMPLED_KINDS.includes(found?.kind) && estimate > sample) {
    const percent = (100 * sample) / estimate;
    return {
      sql: `${name} tablesample system (?::real) repeatable (1)`,
      bindings: [percent],
      isSample: true,
    };
  }
  return { sql: `(select * from ${name} limit ?::bigint) as first_rows`, bindings: [sample], isSample: true };
}
