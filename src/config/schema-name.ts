import { UsageError } from "../errors.js";
import { LONGEST_NAME_BYTES } from "./identifier.js";

/** Where the ledger, the rejects and the runs live unless another schema is set. */
export const DEFAULT_SCHEMA = "sqs2pg";

/** What Knex can quote: it takes a dot apart. */
const USABLE_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** What keeps a name from being the schema of the bookkeeping tables, if anything. */
export function schemaNameProblem(name: string): string | undefined {
  if (name.startsWith("pg_")) return "PostgreSQL keeps names that start with pg_ for itself";
  if (USABLE_NAME.test(name) && Buffer.byteLength(name) <= LONGEST_NAME_BYTES) return undefined;
  return `must be letters, digits, _ and -, beginning with a letter or _, and at most ${LONGEST_NAME_BYTES} bytes`;
}

/** The schema setting, checked, or else the default; throws `UsageError`. */
export function parseSchemaName(schema: string | undefined): string {
  const name = schema ?? DEFAULT_SCHEMA;
  const problem = schemaNameProblem(name);
  if (problem !== undefined) throw new UsageError("schema_invalid", `schema: ${problem}`);
  return name;
}
