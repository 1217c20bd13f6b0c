import type { TestDatabase } from "../database.js";

/**
 * All that a database holds, as text: each row of each table outside of the catalogues, bytes in hex and as characters;
 * and the statements that the server remembers.
 */
export async function dumpDatabase(database: TestDatabase): Promise<string> {
  const remembered = [
    "select a::text as text from pg_stat_activity a",
    "select s.query as text from pg_stat_statements s",
  ];
  const found = [await dumpTables(database)];
  for (const query of remembered) {
    found.push(...(await database.query<{ text: string }>(query)).map(({ text }) => text));
  }
  return found.join("\n");
}

/** The tables of one schema, or of all. */
export async function dumpTables(database: TestDatabase, schema = ".*"): Promise<string> {
  const tables = await database.query<{ name: string; bytes: string[] }>(
    `select c.oid::regclass::text as name,
            array(select quote_ident(a.attname) from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and a.atttypid = 'bytea'::regtype)::text[] as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema)' and n.nspname ~ $1`,
    [`^${schema}$`],
  );
  const queries = tables.map(({ name, bytes }) => {
    const characters = bytes.map((column) => `encode(t.${column}, 'escape')`);
    return `select concat_ws(' ', t::text${characters.map((column) => `, ${column}`).join("")}) as text from ${name} t`;
  });
  const found: string[] = [];
  for (const query of queries) {
    found.push(...(await database.query<{ text: string }>(query)).map(({ text }) => text));
  }
  return found.join("\n");
}
