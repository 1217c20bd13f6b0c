import { pathToFileURL } from "node:url";
import { UsageError } from "../errors.js";
import { defineConfig } from "./define-config.js";
import { isTypeScript } from "./find-file.js";
import { programProblem } from "./program-problem.js";

/**
 * Runs a config that is a program, and answers what it exports by default. Node runs JavaScript itself; TypeScript goes
 * through jiti, which is imported for nothing else. Throws UsageError `config_failed` for what cannot be run.
 */
export async function readProgram(source: string, path: string): Promise<unknown> {
  const module = await run(path).catch((error: unknown) => {
    throw new UsageError("config_failed", programProblem(error, { source, path }), { cause: error });
  });
  if (!("default" in module)) {
    throw new UsageError(
      "config_not_exported",
      `the config file ${source} has no default export: write export default defineConfig({ ... })`,
    );
  }
  return module["default"];
}

async function run(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!isTypeScript(path)) return import(pathToFileURL(path).href);
  const { createJiti } = await import("jiti");
  const jiti = createJiti(path, {
    // Nothing is left behind in the folders of a project.
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    // Whoever runs sqs2pg by npx has no copy of it beside the file.
    virtualModules: { sqs2pg: { defineConfig } },
  });
  return jiti.import(path);
}
