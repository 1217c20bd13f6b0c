import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const IN_PACKAGES = join("node_modules", "sqs2pg", "schema.json");

/**
 * Where an editor finds the schema from a pipeline file: in the project that sqs2pg is installed in. Undefined where it is
 * in none, as by npx or installed globally: a path that leads nowhere helps nobody.
 */
export function schemaUrl(cwd: string, file: string): string | undefined {
  const home = dirname(resolve(cwd, file));
  for (let folder = home; ; folder = dirname(folder)) {
    const path = join(folder, IN_PACKAGES);
    if (existsSync(path)) {
      const from = relative(home, path).replaceAll("\\", "/");
      return from.startsWith("../") ? from : `./${from}`;
    }
    if (dirname(folder) === folder) return undefined;
  }
}
