import { LISTING_PRIVILEGES, missingPrivileges } from "../catalog.js";
import type { Connection } from "../connection.js";
import { readStatus } from "../migrations/status.js";
import { StoreError } from "../store.js";
import { grantText } from "../target-check/check-privileges.js";
import { type Targets, targetProblems } from "../target-check/target-problems.js";

const EXPLAINABLE: ReadonlySet<string | undefined> = new Set(["42P01", "42703", "42804", "42501"]);

/**
 * The same error with the names that PostgreSQL says only in texts (which are never passed on): what the check of the
 * tables says by now. Where that finds nothing of the kind or fails, the error as it is.
 */
export async function explainFailure(
  connection: Connection,
  error: StoreError,
  targets: Targets,
): Promise<StoreError> {
  if (!EXPLAINABLE.has(error.sqlState)) return error;
  return explainedBy(error, async () => {
    if (error.sqlState === "42P01") {
      const { pending } = await readStatus(connection.knex, targets.schema);
      if (pending.length > 0)
        return `the tables of schema ${targets.schema} are gone in ${connection.target}: run: sqs2pg migrate`;
    }
    const problems = await targetProblems(connection, targets);
    const same = problems.find(({ code }) => code === error.code);
    if (same !== undefined || error.sqlState !== "42P01") return same?.message;
    return `a table of schema ${targets.schema} is missing in ${connection.target}, though its migration has run: restore it`;
  });
}

/** The same for what only reads the bookkeeping. */
export async function explainListingFailure(
  { knex, target, user }: Connection,
  error: StoreError,
  schema: string,
): Promise<StoreError> {
  if (error.sqlState !== "42501") return error;
  return explainedBy(error, async () =>
    grantText(await missingPrivileges(knex, schema, LISTING_PRIVILEGES), user, target),
  );
}

/** The error with better words; as it is where there are none, or looking for them fails. */
async function explainedBy(error: StoreError, words: () => Promise<string | undefined>): Promise<StoreError> {
  try {
    const message = await words();
    return message === undefined ? error : new StoreError(error.class, message, error, { cause: error });
  } catch {
    return error;
  }
}
