import { spawn } from "node:child_process";
import { once } from "node:events";
import { BIN } from "../support/cli.js";
import type { Interruption } from "./interruption.js";

/** What must come from the demo's servers alone, or belongs to the npm that started the demo. */
const NOT_INHERITED = /^(AWS_|PG|SQS2PG_|DATABASE_URL$|npm_)/;

/**
 * Runs the real `sqs2pg` on this terminal and resolves to its exit code. It gets a process group of its own: Ctrl-C
 * then reaches it once, from here, and not a second time from the terminal, which would mean "now, at once".
 */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  interruption: Interruption,
): Promise<number> {
  const child = spawn(process.execPath, [BIN, ...args], {
    detached: true,
    env: { ...inherited(), ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const forget = interruption.onSignal((name) => child.kill(name));
  try {
    const [exitCode] = await once(child, "exit");
    interruption.signal.throwIfAborted();
    return typeof exitCode === "number" ? exitCode : 1;
  } finally {
    forget();
  }
}

function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name)));
}
