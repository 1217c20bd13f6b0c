import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CliOptions, type CliResult, runCli } from "./cli.js";

/** Lists what is imported, in the thread that Node gives its hooks; the file is the data of the hook. */
const HOOK = `
import { appendFileSync } from "node:fs";
let file;
export function initialize(path) { file = path; }
export async function load(url, context, next) {
  appendFileSync(file, url + "\\n");
  return next(url, context);
}`;

/** Registers the hook; and lists at the end what was required. */
function listing(file: string): string {
  return `
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
register(${JSON.stringify(dataUrl(HOOK))}, { data: ${JSON.stringify(file)} });
const { cache } = createRequire("file:///");
process.on("exit", () => appendFileSync(${JSON.stringify(file)}, Object.keys(cache).join("\\n") + "\\n"));`;
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

export interface Loaded extends CliResult {
  /** Packages by their names, in the order of the alphabet. */
  readonly packages: readonly string[];
  /** All that was loaded, by path or URL. */
  readonly modules: readonly string[];
  /** The files of dist, without the hashes in their names. */
  readonly own: readonly string[];
}

/** Runs `sqs2pg` to its end and tells which modules it has loaded, by `import` and by `require`. */
export async function runListed(
  args: readonly string[],
  options: Pick<CliOptions, "env" | "cwd"> = {},
): Promise<Loaded> {
  const file = join(tmpdir(), `loaded-${process.pid}-${Math.random()}`);
  const result = await runCli(args, {
    ...options,
    nodeArgs: ["--no-deprecation", "--import", dataUrl(listing(file))],
  });
  const modules = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  await rm(file);
  const found = (pattern: RegExp): string[] => [
    ...new Set(modules.flatMap((path) => pattern.exec(path)?.[1] ?? [])),
  ];
  return {
    ...result,
    modules,
    packages: found(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//).sort(),
    own: found(/\/dist\/([^/]+?)(?:-[0-9a-f]{8})?\.js$/),
  };
}
