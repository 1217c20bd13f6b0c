import { typeText } from "../../config/column-type.js";
import {
  type CatalogColumn,
  columnsOf,
  fits,
  LISTING_PRIVILEGES,
  loadingPrivileges,
  missingPrivileges,
} from "../catalog.js";
import type { Connection } from "../connection.js";
import { tableText } from "../identifier.js";
import { StoreError } from "../store.js";
import type { LoadTarget } from "../target.js";

export interface Targets {
  readonly targets: readonly LoadTarget[];
  /** Of the bookkeeping. */
  readonly schema: string;
}

/** A target with its columns as the catalogue has them; undefined when there is no such table. */
interface FoundTarget extends LoadTarget {
  readonly found: readonly CatalogColumn[] | undefined;
}

const EXPLAINABLE: ReadonlySet<string | undefined> = new Set(["42P01", "42703", "42804", "42501"]);

/**
 * The same error with the names that PostgreSQL says only in texts (which are never passed on): looked up in its
 * catalogue. Where that finds nothing or fails, the error as it is.
 */
export async function explainFailure(
  { knex, target, user }: Connection,
  error: StoreError,
  { targets, schema }: Targets,
): Promise<StoreError> {
  if (!EXPLAINABLE.has(error.sqlState)) return error;
  return explainedBy(error, async () => {
    const found = await Promise.all(
      targets.map(async (wanted) => ({ ...wanted, found: await columnsOf(knex, wanted.table) })),
    );
    if (error.sqlState !== "42501") return columnsText(found, schema, target);
    const columns = targets.flatMap((wanted) => wanted.columns);
    const missing = await missingPrivileges(knex, schema, loadingPrivileges(columns));
    return grantText([...missing, ...closedTables(found)], user, target);
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

/** The tables that the user may not insert into. */
function closedTables(targets: readonly FoundTarget[]): string[] {
  return targets
    .filter(({ columns, found }) =>
      columns.some(({ name }) => found?.some((column) => column.name === name && !column.insertable)),
    )
    .map(({ table }) => `INSERT on ${tableText(table)}`);
}

function grantText(missing: readonly string[], user: string, target: string): string | undefined {
  return missing.length === 0 ? undefined : `user ${user} lacks ${missing.join(", ")} in ${target}: grant it`;
}

function columnsText(targets: readonly FoundTarget[], schema: string, target: string): string | undefined {
  if (targets.some(({ found }) => found === undefined)) return undefined;
  const misfits = targets.flatMap((wanted) => misfitText(wanted, target) ?? []);
  return (
    misfits[0] ??
    `a table of schema ${schema} is missing in ${target}, though its migration has run: restore it`
  );
}

function misfitText({ table, columns, found = [] }: FoundTarget, target: string): string | undefined {
  const name = `table ${tableText(table)} in ${target}`;
  const missing = columns.filter((column) => !found.some((twin) => twin.name === column.name));
  if (missing.length > 0) {
    const names = missing.map((column) => column.name).join(", ");
    return `${name} lacks ${missing.length === 1 ? "column" : "columns"} ${names}: add what is missing, or change the pipeline`;
  }
  for (const column of columns) {
    const twin = found.find((candidate) => candidate.name === column.name);
    if (twin !== undefined && !fits(column, twin)) {
      return `column ${column.name} of ${name} is of type ${twin.type}, and the pipeline says ${typeText(column.type)}: change one of them`;
    }
  }
  return undefined;
}
