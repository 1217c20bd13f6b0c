import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { createMigrationSource, listMigrations } from "./source.js";
import { MIGRATIONS_TABLE, USER_MIGRATIONS_TABLE } from "./tables.js";
import { stepFailure } from "./user-failure.js";
import {
  digestUserMigration,
  importUserMigration,
  listUserMigrations,
  type UserFolder,
} from "./user-folder.js";

/** A series of migrations, and the table that it is recorded in. */
export interface History {
  readonly table: string;
  /** The names of all, in order. */
  readonly list: () => Promise<string[]>;
  readonly source: Knex.MigrationSource<string>;
  /** Of a user's: where they are, as messages show it, and the digest of one of them. */
  readonly folder?: {
    readonly shown: string;
    readonly digest: (name: string) => Promise<string>;
  };
}

/** The migrations of this package. */
export function ownHistory(schema: string): History {
  return { table: MIGRATIONS_TABLE, list: listMigrations, source: createMigrationSource(schema) };
}

/** The migrations of a user, which run after those. */
export function userHistory(folder: UserFolder): History {
  const list = (): Promise<string[]> => listUserMigrations(folder);
  return {
    table: USER_MIGRATIONS_TABLE,
    list,
    folder: { shown: folder.shown, digest: (name) => digestUserMigration(folder, name) },
    source: {
      getMigrations: list,
      getMigrationName: (name) => name,
      getMigration: async (name) => {
        const { up, down } = await importUserMigration(folder, name);
        const where = { file: join(folder.shown, name), url: pathToFileURL(join(folder.path, name)).href };
        const told = (step: typeof up) => async (knex: Knex) => {
          try {
            await step(knex);
          } catch (error) {
            throw stepFailure(error, where);
          }
        };
        return { up: told(up), down: told(down) };
      },
    },
  };
}
