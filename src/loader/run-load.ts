import type { Connection } from "./connection.js";
import { createFirstStatement } from "./first-statement.js";
import { createPreparedQuery } from "./prepared.js";
import { type QueryOptions, query, type ResultRow } from "./query.js";
import { createLoadStatement, type LoadSource, type LoadStatement } from "./statement.js";
import { type LoadBatch, StoreError } from "./store.js";
import type { Targets } from "./target-check/target-problems.js";

export interface RunLoadOptions extends Pick<Targets, "targets" | "schema"> {
  readonly source: LoadSource;
  readonly query: QueryOptions;
}

export interface RunLoad {
  /** All that it may run. */
  readonly statements: readonly LoadStatement[];
  /** Loads a batch in one transaction; the answer is that of `LoadStatement`. Throws `StoreError`. */
  run(batch: LoadBatch, attempt: { readonly isRetry: boolean }): Promise<ResultRow | undefined>;
}

/**
 * Loads what SQS hands out for the first time without asking the ledger before. It hardly ever knows such a message; once
 * it did, it is asked for the rest of the run, so that PostgreSQL's log and dead rows have a few of these attempts at most.
 */
export function createRunLoad(connection: Connection, options: RunLoadOptions): RunLoad {
  const { targets, schema, source } = options;
  const asking = createLoadStatement(targets, schema, source);
  const first = source === "queue" ? createFirstStatement(targets, schema) : undefined;
  const runAsking = createRunner(connection, asking, options.query);
  const runFirst = first && createRunner(connection, first, options.query);
  let isTrusted = true;

  return {
    statements: first === undefined ? [asking] : [asking, first],
    run: async (batch, { isRetry }) => {
      const isFirst = !isRetry && batch.messages.every(({ receiveCount }) => receiveCount === 1);
      if (runFirst !== undefined && isTrusted && isFirst) {
        try {
          return await runFirst(batch);
        } catch (error) {
          if (!isKnown(error, schema)) throw error;
          isTrusted = false;
        }
      }
      return runAsking(batch);
    },
  };
}

function createRunner(
  connection: Connection,
  { sql, bindings, keepsPlan }: LoadStatement,
  options: QueryOptions,
): (batch: LoadBatch) => Promise<ResultRow | undefined> {
  const run = keepsPlan
    ? createPreparedQuery(connection, sql, options)
    : (values: readonly unknown[]) => query(connection, sql, values, options);
  return async (batch) => (await run(bindings(batch)))[0];
}

/** unique_violation of the ledger, which has a single unique key, whatever its name is by now. */
function isKnown(error: unknown, schema: string): boolean {
  return error instanceof StoreError && error.sqlState === "23505" && error.table === `${schema}.ledger`;
}
