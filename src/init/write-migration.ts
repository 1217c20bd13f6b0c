import { parseTable } from "../config/identifier.js";
import type { Proposal, ProposedColumn } from "./proposal.js";

/** The name of the migration's file: when it was made, in UTC, and which table it creates. */
export function migrationName(proposal: Pick<Proposal, "table">, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/\D/g, "").slice(0, 14);
  return `${stamp}${migrationEnding(proposal)}`;
}

/** What such a name ends with, whenever it was made. */
export function migrationEnding({ table }: Pick<Proposal, "table">): string {
  return `_create_${tableOf(table).name.replace(/\W+/g, "_")}.mjs`;
}

/**
 * A Knex migration that creates the table of a proposal. It is `.mjs`, so that it means the same whatever a package.json
 * near it says.
 */
export function writeMigration({ queue, table, key, columns }: Proposal): string {
  const { schema, name } = tableOf(table);
  const inSchema = schema === undefined ? "" : `.withSchema(${JSON.stringify(schema)})`;
  const text = [
    "/**",
    ` * The table that sqs2pg loads the queue ${commentText(queue)} into. Written by sqs2pg init; change it as you like until it`,
    " * has run. `sqs2pg migrate` runs it.",
    " *",
    ' * @param {import("knex").Knex} knex',
    " */",
    "export async function up(knex) {",
    ...(schema === undefined ? [] : schemaLines(schema)),
    `  await knex.schema${inSchema}.createTable(${JSON.stringify(name)}, (table) => {`,
    ...columns.map(columnLine),
    ...(key === undefined
      ? []
      : [`    // table.unique([${JSON.stringify(key)}]); // for \`key\` in the pipeline`]),
    "  });",
    "}",
    "",
    '/** @param {import("knex").Knex} knex */',
    "export async function down(knex) {",
    `  await knex.schema${inSchema}.dropTable(${JSON.stringify(name)});`,
    "}",
  ];
  return `${text.join("\n")}\n`;
}

/** Asked first: `if not exists` wants the privilege to create even where the schema is there. */
function schemaLines(schema: string): string[] {
  const literal = schema.replaceAll("'", "''");
  const identifier = `"${schema.replaceAll('"', '""')}"`;
  const statement = `do $schema$ begin if not exists (select from pg_namespace where nspname = '${literal}') then create schema ${identifier}; end if; end $schema$`;
  return [`  await knex.raw(${JSON.stringify(statement.replaceAll("?", "\\?"))});`];
}

function columnLine({ name, type, required, mask }: ProposedColumn): string {
  const notNull = required ? ".notNullable()" : "";
  const comment = mask === undefined ? "" : `.comment(${JSON.stringify(`masked: ${mask.strategy}`)})`;
  return `    table.specificType(${JSON.stringify(name)}, ${JSON.stringify(type)})${notNull}${comment};`;
}

function tableOf(text: string): { readonly schema?: string; readonly name: string } {
  const table = parseTable(text);
  return "value" in table ? table.value : { name: text };
}

/** A name from outside cannot end the comment that it stands in. */
function commentText(text: string): string {
  return text.replaceAll("*/", "* /").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}
