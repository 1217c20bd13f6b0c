import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../errors.js";
import { PACKAGE_ROOT } from "../package-root.js";
import { findConfigFile } from "./find-file.js";

/** This package's own migrations. */
const OWN_FOLDER = fileURLToPath(new URL("migrations", PACKAGE_ROOT));
const KNEXFILES = ["js", "cjs", "mjs", "ts"].map((extension) => `knexfile.${extension}`);

export interface MigrationsFolderOptions {
  /** `--migrations DIR`; false: `--no-migrations`. */
  readonly migrations?: string | false | undefined;
  /** `--config` */
  readonly config?: string | undefined;
  readonly cwd: string;
}

/** The directory of the user's migrations, if there is one, and a notice where one is passed over. */
export interface MigrationsFolder {
  readonly folder?: { readonly path: string; readonly shown: string };
  readonly notice?: string;
}

/**
 * The directory that `--migrations` names, or `migrations` beside the pipeline file. Without a pipeline file none is
 * looked for, and one beside a knexfile is another program's: both would run what was never meant for this. Throws
 * UsageError for a directory that was named and is not there.
 */
export function findMigrationsFolder({ migrations, config, cwd }: MigrationsFolderOptions): MigrationsFolder {
  if (migrations === false) return {};
  if (migrations !== undefined) {
    const path = resolve(cwd, migrations);
    if (!isDirectory(path))
      throw new UsageError("migrations_missing", `--migrations: there is no directory ${migrations}`);
    return { folder: { path, shown: migrations } };
  }
  const file = config ?? findConfigFile(cwd);
  if (file === undefined) return {};
  const shown = join(dirname(file), "migrations");
  const path = resolve(cwd, shown);
  if (!isDirectory(path) || realpathSync(path) === ownFolder()) return {};
  if (KNEXFILES.some((name) => existsSync(join(dirname(path), name)))) {
    return {
      notice: `${shown} stands beside a knexfile, so it is not run: --migrations ${shown} runs it, --no-migrations leaves it out silently`,
    };
  }
  return { folder: { path, shown } };
}

function ownFolder(): string | undefined {
  return existsSync(OWN_FOLDER) ? realpathSync(OWN_FOLDER) : undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
