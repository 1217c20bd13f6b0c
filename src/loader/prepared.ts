import { createHash } from "node:crypto";
import type { Connection } from "./connection.js";
import { type QueryOptions, query, type ResultRow } from "./query.js";
import { StoreError } from "./store.js";

/**
 * invalid_sql_statement_name and duplicate_prepared_statement: the session is not the one that the name was given in.
 * Nothing was executed then. A trigger can raise them, too: that is rolled back, and raised again without the name.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NAME_REFUSED: ReadonlySet<string> = new Set(["26000", "42P05"]);

/**
 * A statement that is run again and again: prepared under a name, so that each connection has it parsed once and, as a
 * rule from the sixth time on, planned no more. The name goes with the text, so that whoever has given it out before meant
 * the same. Behind a pooler that hands out another session for each transaction, and knows no names, it goes on without
 * one.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function createPreparedQuery(
  connection: Connection,
  sql: string,
  options: QueryOptions,
): (bindings: readonly unknown[]) => Promise<ResultRow[]> {
  const name = `sqs2pg_${createHash("sha256").update(sql).digest("hex").slice(0, 32)}`;
  let isNamed = true;
  return async (bindings) => {
    if (isNamed) {
      try {
        return await query(connection, sql, bindings, { ...options, name });
      } catch (error) {
        if (!isNameRefused(error)) throw error;
        isNamed = false;
      }
    }
    return query(connection, sql, bindings, options);
  };
}

function isNameRefused(error: unknown): boolean {
  return error instanceof StoreError && error.sqlState !== undefined && NAME_REFUSED.has(error.sqlState);
}
