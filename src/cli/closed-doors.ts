import { UsageError } from "../errors.js";
import { redact } from "../redact.js";

/**
 * Closes the ways by which Node and libraries print what they handle, past everything that looks at our output. Called
 * before any library is loaded.
 */
export function closeDoors(process: NodeJS.Process): void {
  // Knex's and others' debugging shows statements with the values in them.
  delete process.env["DEBUG"];
  // A report on a crash holds the environment.
  if (process.report !== undefined) Object.assign(process.report, { excludeEnv: true });
  hideArguments(process);
}

/** Throws UsageError: Node began before us, and what NODE_DEBUG has turned on cannot be turned off any more. */
export function refuseNodeDebug(env: Readonly<Record<string, string | undefined>>): void {
  if (!env["NODE_DEBUG"]) return;
  throw new UsageError(
    "node_debug_set",
    "NODE_DEBUG makes Node print requests with their credentials: unset it; --log-level debug shows where errors come from",
  );
}

/** The list of processes shows the arguments to all users: from now on without their secrets. */
function hideArguments(process: NodeJS.Process): void {
  const shown = process.argv.map(redact);
  if (shown.some((word, index) => word !== process.argv[index])) process.title = shown.join(" ");
}
