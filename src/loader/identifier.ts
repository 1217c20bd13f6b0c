import type { TableName } from "../config/pipeline.js";

/**
 * An identifier as a quoted one, so that mixed case and reserved words work. The question mark is escaped for Knex's
 * raw statements, where it would be a binding.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll("?", "\\?")}"`;
}

/** A table's name, quoted; without a schema it is found by the connection's search_path. */
export function quoteTable(table: TableName): string {
  const name = quoteIdentifier(table.name);
  return table.schema === undefined ? name : `${quoteIdentifier(table.schema)}.${name}`;
}

/** A table's name as people read it. */
export function tableText(table: TableName): string {
  return table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
}

/** The names of the tables that a run loads, each once: `orders, order_items`. */
export function tablesText(targets: readonly { readonly table: TableName }[]): string {
  return [...new Set(targets.map(({ table }) => tableText(table)))].join(", ");
}
