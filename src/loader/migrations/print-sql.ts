import knex from "knex";
import { parseSchemaName } from "../../config/schema-name.js";
import { importMigration, listMigrations, type MigrationStep } from "./source.js";
import { MIGRATIONS_TABLE, migrationPrelude } from "./tables.js";

/**
 * The migrations as a script for whoever may not or will not let the tool create tables: psql can run it, also twice.
 * It records what it did as `migrate` does, so that both can follow each other. No database is needed.
 * Throws `UsageError` for an unusable schema name.
 */
export async function printSql(settings: { readonly schema?: string | undefined } = {}): Promise<string> {
  const schema = parseSchemaName(settings.schema);
  const blocks = [];
  for (const name of await listMigrations()) {
    const { up } = await importMigration(name);
    blocks.push(guarded(name, await recordStatements(up, schema), schema));
  }
  return `begin;

${migrationPrelude(schema)};

do $sqs2pg$
declare
  this_batch integer := (select coalesce(max(batch), 0) + 1 from "${schema}".${MIGRATIONS_TABLE});
begin
${blocks.join("\n")}
end $sqs2pg$;

commit;
`;
}

function guarded(name: string, statements: readonly string[], schema: string): string {
  const table = `"${schema}".${MIGRATIONS_TABLE}`;
  return `
if not exists (select from ${table} where name = '${name}') then

${statements.map((statement) => `${statement};\n`).join("\n")}
insert into ${table} (name, batch, migration_time) values ('${name}', this_batch, now());
end if;`;
}

/** Runs a migration against a client that writes down what it would send. */
async function recordStatements(up: MigrationStep, schema: string): Promise<string[]> {
  const statements: string[] = [];
  const recorder = knex({ client: "pg" });
  Object.assign(recorder.client, {
    acquireConnection: () => Promise.resolve({}),
    releaseConnection: () => Promise.resolve(),
    query: (_connection: unknown, { sql, bindings }: { sql: string; bindings?: readonly unknown[] }) => {
      if (bindings !== undefined && bindings.length > 0)
        throw new Error("a migration's statement has bindings");
      statements.push(sql);
      return Promise.resolve({ method: "raw", response: { rows: [] } });
    },
  });
  await up(recorder, { schema });
  return statements;
}
