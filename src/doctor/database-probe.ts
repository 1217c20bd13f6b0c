import type { Connection } from "../loader/connection.js";
import { asStoreError, toDatabaseError } from "../loader/errors/database-error.js";
import { query } from "../loader/query.js";

export type Row = Readonly<Record<string, unknown>>;

/** The database as the checks ask it. */
export interface DatabaseProbe {
  readonly connection: Connection;
  /** `host:port/database` */
  readonly target: string;
  readonly user: string;
  /** The rows of a statement that only reads. `about`: a table, for its error. Throws `DatabaseError`. */
  ask(sql: string, bindings?: readonly unknown[], about?: string): Promise<readonly Row[]>;
}

export function createDatabaseProbe(connection: Connection, timeoutMs: number): DatabaseProbe {
  const { target, user } = connection;
  return {
    ...{ connection, target, user },
    ask: async (sql, bindings = [], about = "pg_catalog") => {
      try {
        return await query(connection, sql, bindings, { table: about, timeoutMs });
      } catch (error) {
        throw toDatabaseError(asStoreError(error));
      }
    },
  };
}

/** A text of a row. */
export function textOf(row: Row | undefined, name: string): string {
  const value = row?.[name];
  return value === null || value === undefined ? "" : String(value);
}

/** A number of a row; bigints come as text. */
export function numberOf(row: Row | undefined, name: string): number {
  return Number(row?.[name] ?? 0);
}
