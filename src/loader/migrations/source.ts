import { readdir } from "node:fs/promises";
import type { Knex } from "knex";
import { PACKAGE_ROOT } from "../../package-root.js";

const FOLDER = new URL("migrations/", PACKAGE_ROOT);

export type MigrationStep = (knex: Knex, settings: { readonly schema: string }) => Promise<void>;

interface Migration {
  readonly up: MigrationStep;
  readonly down: MigrationStep;
}

/** The names of all migrations, in order. A file's name is its identity in every database that it has run in. */
export async function listMigrations(): Promise<string[]> {
  const names = await readdir(FOLDER);
  return names.filter((name) => /^\d{14}_\w+\.js$/.test(name)).sort();
}

export async function importMigration(name: string): Promise<Migration> {
  const { up, down }: Migration = await import(new URL(name, FOLDER).href);
  return { up, down };
}

/** Knex's view of the migrations: it hands them a connection, and the schema comes from here. */
export function createMigrationSource(schema: string): Knex.MigrationSource<string> {
  return {
    getMigrations: listMigrations,
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const { up, down } = await importMigration(name);
      return { up: (knex) => up(knex, { schema }), down: (knex) => down(knex, { schema }) };
    },
  };
}
