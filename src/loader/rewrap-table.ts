import type { TableName } from "../config/pipeline.js";
import { tableOidSql } from "./catalog.js";
import type { Connection } from "./connection.js";
import { quoteIdentifier, tableText } from "./identifier.js";
import { query } from "./query.js";

/** A table with rows of its own: a plain one, or a partition of one. */
export interface LeafTable {
  /** As SQL takes it. */
  readonly sqlName: string;
  /** Pages of 8 KiB. */
  readonly blocks: number;
  /** Rows, as the last `analyze` had it. */
  readonly rows: number;
}

/** A column whose values name their key. */
export interface KeyedColumn {
  readonly name: string;
  /** What all its values begin with, and those under the key that is wanted: `s1.` and `s1.<key id>.`. */
  readonly scheme: string;
  readonly wanted: string;
}

/** A row that has something under another key: what that is, by column; null where there is nothing to do. */
export interface StaleRow {
  readonly place: string;
  readonly values: readonly (string | null)[];
}

/** A row's new values: null leaves the column as it is. */
export interface RewrappedRow extends StaleRow {
  readonly renewed: readonly (string | null)[];
  readonly companions: readonly (string | null)[];
}

export interface RewrapTableOptions {
  readonly table: TableName;
  readonly columns: readonly KeyedColumn[];
  /** For each of the columns the one that it is joined by, if it has one. */
  readonly companions: readonly (string | undefined)[];
}

/** One attempt at one statement each: every method throws `StoreError`. */
export interface RewrapTable {
  /** Empty for what is no table with rows of its own, such as a view. */
  leaves(): Promise<LeafTable[]>;
  /** The rows of pages `from` up to `to`, not with it, that have a value under another key. */
  stale(leaf: LeafTable, from: number, to: number): Promise<StaleRow[]>;
  /** Replaces values that are still what they were; the number of rows for which that was so. */
  update(leaf: LeafTable, rows: readonly RewrappedRow[]): Promise<number>;
}

const TIMEOUT_MS = 120_000;

/**
 * Goes through a table by the place of its rows, since it may have no key. A row that somebody else changes meanwhile is
 * passed over: it is somewhere else afterwards, and is found there by the next pass.
 * https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
export function createRewrapTable(connection: Connection, options: RewrapTableOptions): RewrapTable {
  const { table, columns, companions } = options;
  const run = (sql: string, bindings: readonly unknown[]) =>
    query(connection, sql, bindings, { table: tableText(table), timeoutMs: TIMEOUT_MS });
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const isStale = names.map((name) => `(starts_with(${name}, ?) and not starts_with(${name}, ?))`);
  const prefixes = columns.flatMap(({ scheme, wanted }) => [scheme, wanted]);

  return {
    leaves: async () => {
      const { sql, bindings } = tableOidSql(table);
      const leaves = `with root as (select oid, relkind from pg_class where oid = (${sql}))
select c.oid::regclass::text as name, greatest(c.reltuples, 0)::bigint as rows,
       (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::integer as blocks
from pg_class c
where c.relkind = 'r' and (c.oid in (select oid from root)
   or c.oid in (select relid from root, lateral pg_partition_tree(root.oid) where root.relkind = 'p' and isleaf))
order by 1`;
      const rows = await run(leaves, bindings);
      return rows.map(({ name, rows: estimate, blocks }) => ({
        sqlName: String(name).replaceAll("?", "\\?"),
        blocks: Number(blocks),
        rows: Number(estimate),
      }));
    },

    stale: async (leaf, from, to) => {
      const selected = names.map(
        (name, index) => `case when ${isStale[index]} then ${name} end as c${index}`,
      );
      const sql = `select ctid::text as place, ${selected.join(", ")} from ${leaf.sqlName}
where ctid >= ?::tid and ctid < ?::tid and (${isStale.join(" or ")})`;
      const rows = await run(sql, [...prefixes, `(${from},0)`, `(${to},0)`, ...prefixes]);
      return rows.map((row) => ({
        place: String(row["place"]),
        values: columns.map((_, index) => textOrNull(row[`c${index}`])),
      }));
    },

    update: async (leaf, rows) => {
      const sets = names.flatMap((name, index) => {
        const companion = companions[index];
        return [
          `${name} = coalesce(v.n${index}, t.${name})`,
          ...(companion === undefined
            ? []
            : [`${quoteIdentifier(companion)} = coalesce(v.j${index}, t.${quoteIdentifier(companion)})`]),
        ];
      });
      const unchanged = names.map((name, index) => `(v.n${index} is null or t.${name} = v.o${index})`);
      const parts = names.flatMap((_, index) => [`o${index}`, `n${index}`, `j${index}`]);
      const sql = `update ${leaf.sqlName} as t set ${sets.join(", ")}
from unnest(?::text[]${", ?::text[]".repeat(parts.length)}) as v(place, ${parts.join(", ")})
where t.ctid = any (?::tid[]) and t.ctid = v.place::tid and ${unchanged.join(" and ")}
returning 1 as done`;
      const places = rows.map(({ place }) => place);
      const arrays = names.flatMap((_, index) => [
        rows.map(({ values }) => values[index] ?? null),
        rows.map(({ renewed }) => renewed[index] ?? null),
        rows.map(({ companions: joined }) => joined[index] ?? null),
      ]);
      return (await run(sql, [places, ...arrays, places])).length;
    },
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
