import type { Knex } from "knex";
import type { Connection } from "./connection.js";
import { toStoreError } from "./errors/driver-error.js";

export interface QueryOptions {
  /** The table that the statement is about, for its error. */
  readonly table: string;
  /** After this the connection is given up and the outcome unknown. */
  readonly timeoutMs: number;
  /** To prepare it under, on each connection; without one it is parsed and planned each time. */
  readonly name?: string;
}

export type ResultRow = Readonly<Record<string, unknown>>;

/** One statement in a transaction of its own; its rows. Throws `StoreError`. */
export async function query(
  connection: Connection,
  sql: string,
  bindings: readonly unknown[],
  { table, timeoutMs, name }: QueryOptions,
): Promise<ResultRow[]> {
  let sent = false;
  try {
    const statement = connection.knex.raw(sql, rawBindings(bindings)).timeout(timeoutMs);
    // Knex hands them on to node-pg.
    if (name !== undefined) statement.options({ name });
    statement.on("query", () => {
      sent = true;
    });
    const { rows } = await statement;
    return rows;
  } catch (error) {
    const { target, user } = connection;
    throw toStoreError(error, { target, user, table }, sent);
  }
}

/** Knex's types know no arrays with nulls in them; it hands them on to node-pg, which does. */
export function rawBindings(bindings: readonly unknown[]): readonly Knex.RawBinding[] {
  return bindings as readonly Knex.RawBinding[];
}

/** A `timestamptz` of a row, as node-pg gives it. */
export function dateOf(value: unknown): Date {
  return value instanceof Date ? value : new Date(String(value));
}
