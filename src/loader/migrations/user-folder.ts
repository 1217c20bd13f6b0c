import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fileProblem } from "../../config/file-problem.js";
import { UsageError } from "../../errors.js";
import { importFailure } from "./user-failure.js";

/** A directory with a user's own migrations. */
export interface UserFolder {
  /** Absolute. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
}

/** A migration as Knex has it: it is given a connection. */
export type UserStep = (knex: unknown) => unknown;

interface UserMigration {
  readonly up: UserStep;
  readonly down: UserStep;
}

const NAME = /^\d{14}_[\w.-]+\.(?:js|mjs|cjs)$/;
/** Files that somebody may expect to be run. */
const LOOKS_LIKE_ONE = /\.(?:js|mjs|cjs|sql|[mc]?ts)$/;
/** Of Knex's column for the name. */
const LONGEST_NAME = 255;

/** The names of the migrations in a directory, in order. Throws UsageError for files that would silently be left out. */
export async function listUserMigrations({ path, shown }: UserFolder): Promise<string[]> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new UsageError("migrations_unreadable", `the directory ${shown} ${fileProblem(error)}`, {
      cause: error,
    });
  });
  const isOne = (name: string): boolean => NAME.test(name) && name.length <= LONGEST_NAME;
  const odd = names.filter(
    (name) => LOOKS_LIKE_ONE.test(name) && !/\.d\.[mc]?ts$/.test(name) && !isOne(name),
  );
  if (odd.length > 0) {
    const files = odd.map((name) => join(shown, name)).sort();
    throw new UsageError(
      "migration_name_invalid",
      `${files.join(", ")} cannot be run: a migration is a module named by 14 digits of a time, _, a name, and .js, .mjs or .cjs, such as 20260101120000_create_orders.mjs`,
    );
  }
  return names.filter(isOne).sort();
}

/** What tells the text of a migration from others, however its lines end. Throws UsageError. */
export async function digestUserMigration({ path, shown }: UserFolder, name: string): Promise<string> {
  const text = await readFile(join(path, name), "utf8").catch((error: unknown) => {
    throw new UsageError("migrations_unreadable", `the file ${join(shown, name)} ${fileProblem(error)}`, {
      cause: error,
    });
  });
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** Reads one. Throws `DatabaseError` with the file's name. */
export async function importUserMigration(folder: UserFolder, name: string): Promise<UserMigration> {
  const file = join(folder.shown, name);
  const url = pathToFileURL(join(folder.path, name)).href;
  let module: Record<string, unknown>;
  try {
    module = await import(url);
  } catch (error) {
    throw importFailure(error, { file, url });
  }
  // A CommonJS module's exports are its default.
  const exported = { ...asRecord(module["default"]), ...module };
  const { up, down, config } = exported;
  if (typeof up !== "function") {
    throw new UsageError("migration_invalid", `${file} exports no function up`);
  }
  if (asRecord(config)["transaction"] === false) {
    throw new UsageError(
      "migration_invalid",
      `${file} wants no transaction, but all migrations run in one: run it by hand instead`,
    );
  }
  return { up: up as UserStep, down: typeof down === "function" ? (down as UserStep) : noDown(file) };
}

function noDown(file: string): UserStep {
  return () => {
    throw new UsageError("migration_invalid", `${file} exports no function down: it cannot be rolled back`);
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
