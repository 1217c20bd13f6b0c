import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./key-source.js";

/** The user's folder, in which libpq looks for files that nobody names. */
export function homeOf(env: Environment): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** A file of libpq's own folder, such as `~/.postgresql/root.crt`. */
export function libpqFile(name: string, env: Environment): string | undefined {
  if (process.platform === "win32") {
    const appData = env["APPDATA"];
    return appData === undefined ? undefined : join(appData, "postgresql", name);
  }
  const home = homeOf(env);
  return home === undefined ? undefined : join(home, ".postgresql", name);
}
