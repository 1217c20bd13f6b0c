import type { TableName } from "../config/pipeline.js";
import { tableOidSql } from "./catalog.js";
import type { Connection } from "./connection.js";
import { quoteTable, tableText } from "./identifier.js";
import { query } from "./query.js";
import {
  type BlockRange,
  censusSql,
  type KeyedColumn,
  type LeafTable,
  pageSql,
  type RenewedRow,
  replaceSql,
  rowBindings,
  type StoredRow,
} from "./rewrap-table-sql.js";

/** Values of a column that are under another key than the wanted one, and those under the wanted one. */
export interface CountedValues {
  /** The column's place in the list of columns. */
  readonly column: number;
  /** The key that they name; null: they do not have the form of the column's mask. */
  readonly keyId: string | null;
  readonly count: number;
}

/** So much at once. */
export interface PageSize {
  readonly maxRows: number;
  /** Of the values; a single row may have more. */
  readonly maxBytes: number;
}

export interface RewrapTableOptions {
  readonly table: TableName;
  readonly columns: readonly KeyedColumn[];
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapTable {
  /** Empty for what is no table with rows of its own, such as a view. */
  leaves(): Promise<LeafTable[]>;
  census(leaf: LeafTable, range: BlockRange): Promise<CountedValues[]>;
  /** Rows with something that can be opened, in their order, after that of the page before. */
  page(
    leaf: LeafTable,
    range: BlockRange,
    afterPlace: string | undefined,
    size: PageSize,
  ): Promise<StoredRow[]>;
  /** Writes the rows that are still what they were and that nobody else is at: their places in the list. */
  replace(leaf: LeafTable, rows: readonly RenewedRow[]): Promise<ReadonlySet<number>>;
}

const TIMEOUT_MS = 120_000;
/** What a table that was never analysed is guessed by. */
const ROWS_OF_A_BLOCK = 50;

/**
 * Goes through a table by the place of its rows, since it may have no key. A row that somebody else changes meanwhile is
 * passed over: it is somewhere else afterwards, and is found there by the next pass.
 * https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
export function createRewrapTable(connection: Connection, options: RewrapTableOptions): RewrapTable {
  const { table, columns } = options;
  const run = (sql: string, bindings: readonly unknown[]) =>
    query(connection, sql, bindings, { table: tableText(table), timeoutMs: TIMEOUT_MS });
  return {
    leaves: async () => {
      const { sql, bindings } = tableOidSql(table);
      const names = columns.flatMap(({ name, companion }) => [name, companion ?? name]);
      const rows = await run(leavesSql(sql), [...bindings, names]);
      return rows.map(({ oid, name, direct, blocks, rows: estimate, ranges }) => ({
        oid: Number(oid),
        sqlName: direct === true ? `only ${String(name).replaceAll("?", "\\?")}` : quoteTable(table),
        blocks: Number(blocks),
        rows: Number(estimate ?? Number(blocks) * ROWS_OF_A_BLOCK),
        hasRangeScans: ranges === true,
      }));
    },

    census: async (leaf, range) => {
      const rows = await run(...censusSql(leaf, range, columns));
      return rows.map(({ place, key_id: id, count }) => ({
        column: Number(place),
        keyId: id === null ? null : String(id),
        count: Number(count),
      }));
    },

    page: async (leaf, range, afterPlace, { maxRows, maxBytes }) => {
      const [sql, bindings] = pageSql(leaf, range, afterPlace, columns);
      const rows = await run(sql, [...bindings, maxRows, maxBytes]);
      return rows.map((row) => ({
        place: String(row["at"]),
        values: columns.map((_, index) => textOrNull(row[`v${index}`])),
        companions: columns.map((_, index) => textOrNull(row[`j${index}`])),
      }));
    },

    replace: async (leaf, rows) => {
      const answer = await run(replaceSql(leaf, columns), rowBindings(rows, columns));
      return new Set(answer.map(({ number }) => Number(number)));
    },
  };
}

/**
 * The parts of a table that have rows of their own. One is gone to directly, unless that is not allowed (privileges of the
 * whole do not hold for its parts) or what is changed decides which part a row belongs to.
 */
function leavesSql(oidSql: string): string {
  return `with root as (select oid, relkind from pg_class where oid = (${oidSql})),
tree as (select relid from root, lateral pg_partition_tree(root.oid) where relkind = 'p'),
moving as (
  select exists (
    select from pg_partitioned_table as parted join tree on tree.relid = parted.partrelid
    where parted.partexprs is not null or exists (
      select from pg_attribute where attrelid = parted.partrelid and attnum = any (parted.partattrs) and attname = any (?::text[])
    )
  ) as moves
)
select c.oid::bigint as oid, format('%I.%I', n.nspname, c.relname) as name,
  not moves and has_table_privilege(c.oid, 'SELECT') and has_table_privilege(c.oid, 'UPDATE') as direct,
  pg_relation_size(c.oid) / current_setting('block_size')::bigint as blocks,
  case when c.reltuples > 0 then c.reltuples::bigint end as rows,
  current_setting('server_version_num')::integer >= 140000 as ranges
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace cross join moving
where c.relkind = 'r' and (c.oid in (select oid from root) or c.oid in (select relid from tree))
order by c.oid`;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
