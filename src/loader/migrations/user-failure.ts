import { DatabaseError, Sqs2pgError } from "../../errors.js";
import { sqlStateOf } from "../errors/driver-error.js";
import { existingRelation } from "../errors/relation-name.js";
import { classifySqlState } from "../errors/sqlstate.js";

/** The file of a migration, for messages and in stacks. */
export interface MigrationFile {
  /** As messages show it. */
  readonly file: string;
  readonly url: string;
}

/** What an SQLSTATE says, where a migration is likely to meet it; PostgreSQL's own text may quote values. */
const MEANINGS: Readonly<Record<string, string>> = {
  "0A000": "not supported there",
  "22P02": "a value does not have the form of its type",
  "23502": "a null where none may be",
  "23503": "a foreign key refers to nothing",
  "23505": "a value is there twice",
  "23514": "a check does not hold",
  "25001": "it cannot run inside of a transaction",
  "2BP01": "other things depend on it",
  "3F000": "there is no such schema",
  "42501": "a privilege is missing",
  "42601": "a syntax error",
  "42701": "a column is there twice, or already",
  "42703": "there is no such column",
  "42704": "there is no such type or object",
  "42710": "an object is there already",
  "42804": "a type does not fit",
  "42830": "a foreign key needs a unique one",
  "42883": "there is no such function",
  "42P01": "there is no such table",
  "42P06": "the schema is there already",
  "42P07": "the table or index is there already",
  "42P16": "a table cannot be defined so",
};

const UNDONE = "everything of this call was rolled back";

/** A migration that failed, with its file, its line and what PostgreSQL's SQLSTATE says; never its text. */
export function stepFailure(error: unknown, where: MigrationFile): Error {
  if (error instanceof Sqs2pgError) return error;
  const sqlState = sqlStateOf(error);
  const place = placeOf(error, where);
  if (sqlState === undefined) {
    // A connection that is gone is no mistake of the migration's: its caller explains it.
    if (isForeign(error)) return error as Error;
    return new DatabaseError(
      "failed",
      "migration_failed",
      `${place} threw ${nameOf(error)}: ${UNDONE}; --log-level debug shows where`,
      { cause: error },
    );
  }
  if (classifySqlState(sqlState) === "transient") return error as Error;
  const relation = existingRelation(error);
  const meaning =
    relation === undefined ? meaningOf(sqlState) : ` (the table or index ${relation} is there already)`;
  return new DatabaseError(
    "failed",
    "migration_failed",
    `${place}: PostgreSQL refused it, SQLSTATE ${sqlState}${meaning}: ${UNDONE}`,
    { cause: error, sqlState },
  );
}

function meaningOf(sqlState: string): string {
  return Object.hasOwn(MEANINGS, sqlState) ? ` (${MEANINGS[sqlState]})` : "";
}

/** A migration that is no module that can be read. */
export function importFailure(error: unknown, where: MigrationFile): DatabaseError {
  return new DatabaseError(
    "failed",
    "migration_unreadable",
    `${placeOf(error, where)} cannot be read as a module (${nameOf(error)}): nothing was run`,
    { cause: error },
  );
}

/** The file, with the line where a stack knows it. */
function placeOf(error: unknown, { file, url }: MigrationFile): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const path = decodeURIComponent(new URL(url).pathname);
  for (const name of [url, path]) {
    const at = stack.indexOf(`${name}:`);
    const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + name.length + 1))?.[0];
    if (line !== undefined) return `${file}:${line}`;
  }
  return file;
}

/** Node's network errors have a code, and Knex's and tarn's classes are called by it. */
function isForeign(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ("code" in error && /^E[A-Z]+$/.test(String(error.code)) && !isOfFiles(error)) ||
    /Timeout/.test(error.constructor.name) ||
    /^Connection (?:terminated|ended)/.test(error.message)
  );
}

/** Node says of errors of files which one it is. */
function isOfFiles(error: Error): boolean {
  return "path" in error && "syscall" in error && !/^(?:connect|read|write)$/.test(String(error.syscall));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
