import { join } from "node:path";
import knex, { type Knex } from "knex";
import { parseSchemaName } from "../../config/schema-name.js";
import { UsageError } from "../../errors.js";
import { importMigration, listMigrations } from "./source.js";
import { MIGRATIONS_TABLE, migrationPrelude, USER_MIGRATIONS_TABLE } from "./tables.js";
import {
  digestUserMigration,
  importUserMigration,
  listUserMigrations,
  type UserFolder,
} from "./user-folder.js";

export interface PrintSqlSettings {
  readonly schema?: string | undefined;
  /** A directory with migrations of the user's own, which come after the package's. */
  readonly userFolder?: UserFolder | undefined;
}

/**
 * The migrations as a script for whoever may not or will not let the tool create tables: psql can run it, also twice.
 * It records what it did as `migrate` does, so that both can follow each other. No database is needed.
 * Throws `UsageError` for an unusable schema name, and for a migration of the user's own that reads from the database.
 */
export async function printSql(settings: PrintSqlSettings = {}): Promise<string> {
  const schema = parseSchemaName(settings.schema);
  const own = await ownBlocks(schema);
  const users = settings.userFolder === undefined ? [] : await userBlocks(schema, settings.userFolder);
  const tables = [MIGRATIONS_TABLE, ...(users.length === 0 ? [] : [USER_MIGRATIONS_TABLE])];
  const scripts = [script(schema, MIGRATIONS_TABLE, own)];
  if (users.length > 0) scripts.push(script(schema, USER_MIGRATIONS_TABLE, users));
  return `begin;

${migrationPrelude(schema, tables)};

${scripts.join("\n\n")}

commit;
`;
}

function script(schema: string, table: string, blocks: readonly string[]): string {
  const body = `
declare
  this_batch integer := (select coalesce(max(batch), 0) + 1 from "${schema}".${table});
begin
${blocks.join("\n")}
end `;
  return `do ${dollarQuoted("sqs2pg", body)};`;
}

/** Between dollars with a word that the text does not hold. */
function dollarQuoted(word: string, text: string): string {
  let tag = `$${word}$`;
  for (let number = 2; text.includes(tag); number += 1) tag = `$${word}_${number}$`;
  return `${tag}${text}${tag}`;
}

async function ownBlocks(schema: string): Promise<string[]> {
  const blocks = [];
  for (const name of await listMigrations()) {
    const { up } = await importMigration(name);
    const statements = await recordStatements((recorder) => up(recorder, { schema }), ownStatement);
    blocks.push(guarded(statements, `"${schema}".${MIGRATIONS_TABLE}`, { name }));
  }
  return blocks;
}

async function userBlocks(schema: string, folder: UserFolder): Promise<string[]> {
  const blocks = [];
  for (const name of await listUserMigrations(folder)) {
    const { up } = await importUserMigration(folder, name);
    const statements = await recordStatements(up, (recorder, sent) => {
      if (!isRead(sent)) return inlined(recorder, sent);
      throw new UsageError(
        "migration_not_printable",
        `${join(folder.shown, name)} reads from the database, so its SQL depends on what is there: run sqs2pg migrate, or print the rest with --no-migrations`,
      );
    });
    const digest = await digestUserMigration(folder, name);
    blocks.push(guarded(statements, `"${schema}".${USER_MIGRATIONS_TABLE}`, { name, digest }));
  }
  return blocks;
}

function isRead({ sql, output }: Sent): boolean {
  return output !== undefined || /^\s*(?:select|with|show|values|table)\b/i.test(sql);
}

/** The statement as the server would have it, with its values in their places. */
function inlined(recorder: Knex, { sql, bindings = [] }: Sent): string {
  if (bindings.length === 0) return recorder.client.positionBindings(sql);
  return recorder.raw(sql, [...bindings] as Knex.RawBinding[]).toString();
}

/** As texts, so that comments and semicolons may end them, and no name in them is taken for a variable. */
function guarded(
  statements: readonly string[],
  table: string,
  record: { readonly name: string; readonly digest?: string },
): string {
  const columns = Object.keys(record);
  const values = Object.values(record).map((value) => `'${value}'`);
  return `
if not exists (select from ${table} where name = '${record.name}') then

${statements.map((statement) => `execute ${dollarQuoted("sql", `\n${statement.trim()}\n`)};\n`).join("\n")}
insert into ${table} (${columns.join(", ")}, batch, migration_time) values (${values.join(", ")}, this_batch, now());
end if;`;
}

/** A statement as Knex hands it to its driver. */
interface Sent {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  /** What makes an answer of the rows, where Knex itself asks. */
  readonly output?: unknown;
}

function ownStatement(_recorder: Knex, { sql, bindings }: Sent): string {
  if (bindings !== undefined && bindings.length > 0) throw new Error("a migration's statement has bindings");
  return sql;
}

/** Runs a migration against a client that writes down what it would send. */
async function recordStatements(
  up: (recorder: Knex) => unknown,
  textOf: (recorder: Knex, sent: Sent) => string,
): Promise<string[]> {
  const statements: string[] = [];
  const recorder = knex({ client: "pg" });
  Object.assign(recorder.client, {
    acquireConnection: () => Promise.resolve({}),
    releaseConnection: () => Promise.resolve(),
    query: async (_connection: unknown, sent: Sent) => {
      statements.push(textOf(recorder, sent));
      return { method: "raw", response: { rows: [] } };
    },
  });
  await up(recorder);
  return statements;
}
