import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ConfigError, Sqs2pgError, whereText } from "../../../src/errors.js";

/** A directory of its own for one test, with these files in it. */
export function directory(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "sqs2pg-config-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 });
  return path;
}

/** The error that an action ends in. */
export async function errorOf(action: () => unknown): Promise<Sqs2pgError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Sqs2pgError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** The problems of a ConfigError as `place path: message`, or the one message of another error. */
export async function problemsOf(action: () => unknown): Promise<string[]> {
  const error = await errorOf(action);
  if (!(error instanceof ConfigError)) return [error.message];
  return error.problems.map((problem) =>
    [whereText(problem), problem.message].filter((part) => part !== "").join(": "),
  );
}
