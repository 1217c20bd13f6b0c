import type { TableName } from "../config/pipeline.js";
import { UsageError } from "../errors.js";
import type { PlainValue } from "../row.js";
import type { Connection } from "./connection.js";
import { toDatabaseError } from "./errors/database-error.js";
import { sqlStateOf, toStoreError } from "./errors/driver-error.js";
import { explainFailure } from "./explain/explain-failure.js";
import { quoteIdentifier, quoteTable, tableText } from "./identifier.js";
import { StoreError } from "./store.js";
import type { TargetColumn } from "./target.js";

export interface MaskedRowsOptions {
  readonly table: TableName;
  readonly columns: readonly TargetColumn[];
  /** Of the bookkeeping. */
  readonly schema: string;
  /** A condition in SQL, as its author wrote it. */
  readonly where: string;
  /** Rows at the most. */
  readonly limit: number | undefined;
}

/** Rows of a table as they are stored, read page by page in one transaction. */
export interface MaskedRows {
  /**
   * The next 1,000 rows, fewer at the end, none after it. Small integers are numbers and booleans are such; all else is
   * text as PostgreSQL writes it. Throws `UsageError` `where_refused` and `DatabaseError`.
   */
  next(): Promise<readonly (readonly PlainValue[])[]>;
  /** Ends the transaction; harmless after an error. */
  close(): Promise<void>;
}

const PAGE_ROWS = 1_000;

/** Types of PostgreSQL that JSON has too: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const PARSERS: Readonly<Record<number, (text: string) => PlainValue>> = {
  16: (text) => text === "t",
  21: Number,
  23: Number,
  // The type cidr, which writes the length of a single address too: masks make and take the address alone.
  650: (text) => text.replace(text.includes(":") ? /\/128$/ : /\/32$/, ""),
};
const TYPES = { getTypeParser: (oid: number) => PARSERS[oid] ?? ((text: string): PlainValue => text) };

/** What is used of node-pg's client: Knex would take the question marks of the condition for its own. */
interface RawClient {
  query(config: {
    readonly text: string;
    readonly queryMode?: "extended";
    readonly rowMode?: "array";
    readonly types?: unknown;
  }): Promise<{ readonly rows: PlainValue[][] }>;
}

/**
 * Selects rows by a condition of the operator's own, in a transaction that may only read, with a cursor on the server: so
 * memory does not grow with the table. Throws UsageError `where_refused` for a condition that PostgreSQL does not take,
 * and `DatabaseError`.
 */
export async function openMaskedRows(
  connection: Connection,
  options: MaskedRowsOptions,
): Promise<MaskedRows> {
  const { knex, target, user } = connection;
  const { table, columns, where, limit } = options;
  const selected = columns.map(({ name }) => plainIdentifier(quoteIdentifier(name))).join(", ");
  const select = `select ${selected} from ${plainIdentifier(quoteTable(table))}`;
  // The condition stands in a line of its own: a comment at its end takes nothing with it.
  const before = `declare masked_rows no scroll cursor for ${select} where (\n`;
  const after = `\n)${limit === undefined ? "" : ` limit ${limit}`}`;
  const context = { target, user, table: tableText(table) };
  const client: RawClient = await knex.client.acquireConnection().catch((error: unknown) => {
    throw toDatabaseError(toStoreError(error, context, false));
  });

  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await client.query({ text: "rollback" }).catch(() => {});
    await knex.client.releaseConnection(client);
  };

  try {
    await client.query({ text: "begin transaction isolation level read committed read only" });
    // Without the condition, so that what is wrong with the table is not blamed on it.
    await client.query({ text: `${select} where false` });
  } catch (error) {
    await close();
    throw toDatabaseError(await explained(connection, toStoreError(error, context, false), options));
  }
  try {
    // Extended: PostgreSQL takes one statement then, and no second one behind a semicolon.
    await client.query({ text: before + where + after, queryMode: "extended" });
  } catch (error) {
    await close();
    throw whereError(error, where, before.length) ?? toDatabaseError(toStoreError(error, context, false));
  }

  return {
    next: async () => {
      try {
        const text = `fetch ${PAGE_ROWS} from masked_rows`;
        const { rows } = await client.query({ text, rowMode: "array", types: TYPES });
        return rows;
      } catch (error) {
        throw whereError(error) ?? toDatabaseError(toStoreError(error, context, false));
      }
    },
    close,
  };
}

/** Without the escapes for Knex, which does not see this statement. */
function plainIdentifier(quoted: string): string {
  return quoted.replaceAll("\\?", "?");
}

async function explained(
  connection: Connection,
  error: StoreError,
  { table, columns, schema }: MaskedRowsOptions,
): Promise<StoreError> {
  if (error.sqlState !== "42501")
    return explainFailure(connection, error, { targets: [{ table, columns }], schema });
  const { target, user } = connection;
  const message = `user ${user} lacks SELECT on ${tableText(table)} in ${target}: grant it`;
  return new StoreError(error.class, message, error, { cause: error });
}

/** SQLSTATEs by which PostgreSQL says that a condition cannot be evaluated: their first two or all characters. */
const REFUSALS: Readonly<Record<string, string>> = {
  "0A": "uses what a cursor cannot do",
  "21": "compares with more than one row",
  "22": "meets a value that it cannot be evaluated for",
  "25006": "writes, and may only read",
  "42501": "uses what this user may not",
  "42601": "is not valid SQL",
  "42703": "names a column that there is not",
  "42804": "is no condition, or compares different types",
  "42883": "uses a function or operator that there is not",
  "42P01": "names a table that there is not",
  "42": "is not valid here",
  "54": "is too large",
  P0: "raised an error in a function",
};

/**
 * What PostgreSQL has against the condition, without its own words, which quote values. `offset`: characters of the
 * statement before it.
 */
function whereError(error: unknown, where = "", offset = 0): UsageError | undefined {
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) return undefined;
  const problem = REFUSALS[sqlState] ?? REFUSALS[sqlState.slice(0, 2)];
  if (problem === undefined) return undefined;
  const place = placeIn(where, Number(Reflect.get(Object(error), "position")) - offset);
  return new UsageError(
    "where_refused",
    `the condition of --where ${problem}${place} (SQLSTATE ${sqlState})`,
    {
      cause: error,
    },
  );
}

/** `position`: from 1, if there is one. */
function placeIn(where: string, position: number): string {
  if (where === "" || !(position > 0)) return "";
  return position > where.length ? " at its end" : ` at character ${position}`;
}
