import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileProblem } from "../config/file-problem.js";
import { findConfigFile } from "../config/find-file.js";
import { UsageError } from "../errors.js";

/** Where `init` writes. */
export interface InitPlaces {
  readonly cwd: string;
  /** The pipeline file, as it was given. */
  readonly out: string;
  /** The directory of migrations, as it was given or as it follows from the pipeline file. */
  readonly migrations: string;
  /** Files that are there may be written over. */
  readonly force: boolean;
}

/** One file to write. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** The directory of migrations beside a pipeline file, as a relative path where that one is. */
export function migrationsBeside(out: string): string {
  return join(dirname(out), "migrations");
}

/** Throws UsageError `file_exists` if a pipeline file is there already: said before a message is received. */
export function refuseExisting({ cwd, out, force }: InitPlaces): void {
  if (force) return;
  // Two that are looked for would be one too many.
  const isLookedFor = /^sqs2pg\.(?:ya?ml|json)$/.test(basename(out));
  const other = isLookedFor ? findConfigFile(resolve(cwd, dirname(out))) : undefined;
  if (other !== undefined && other !== basename(out)) {
    throw new UsageError("file_exists", `${other} is there already: give another --out, such as orders.yaml`);
  }
  if (!existsSync(resolve(cwd, out))) return;
  throw new UsageError(
    "file_exists",
    `${out} is there already: give another --out, or --force to write over it`,
  );
}

/**
 * The path for a migration: a new one, or with `force` the one that creates the same table already. Throws UsageError
 * `migration_exists`: two that create one table cannot both run.
 */
export async function migrationPath(
  name: string,
  ending: string,
  { cwd, migrations, force }: InitPlaces,
): Promise<string> {
  const names = await readdir(resolve(cwd, migrations)).catch(() => [] as string[]);
  const earlier = names.find((other) => other.slice(14) === ending);
  if (earlier !== undefined && !force) {
    throw new UsageError(
      "migration_exists",
      `${join(migrations, earlier)} creates this table already: give --force to write over it (unless it has run)`,
    );
  }
  return join(migrations, earlier ?? name);
}

/** Writes the files, each with its directory. Throws UsageError; without `force` no file is ever written over. */
export async function writeFiles(files: readonly NewFile[], { cwd, force }: InitPlaces): Promise<void> {
  for (const { path, text } of files) {
    try {
      const target = resolve(cwd, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flag: force ? "w" : "wx" });
    } catch (error) {
      const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
      const problem = isThere ? "is there already: give --force to write over it" : unwritable(error);
      throw new UsageError(isThere ? "file_exists" : "file_unwritable", `${path} ${problem}`, {
        cause: error,
      });
    }
  }
}

function unwritable(error: unknown): string {
  return `cannot be written: it ${fileProblem(error).replace("read by", "written by")}`;
}
