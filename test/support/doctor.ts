import { expect } from "vitest";
import type { DoctorReport, ReportedCheck } from "../../src/doctor/report.js";
import { KEY } from "./bench.js";
import { type CliResult, runCli } from "./cli.js";

export type Environment = Readonly<Record<string, string>>;

export interface Examined extends CliResult {
  readonly report: DoctorReport;
  /** A check by its id. */
  readonly check: (id: string) => ReportedCheck;
  /** The ids of the checks of a status. */
  readonly ids: (status: ReportedCheck["status"]) => string[];
}

/** Runs `doctor --json`. */
export async function examine(
  env: Environment,
  args: readonly string[] = [],
  cwd?: string,
): Promise<Examined> {
  const options = cwd === undefined ? { env } : { env, cwd };
  return examined(await runCli(["doctor", "--json", ...args], options));
}

/** One document on stdout and nothing elsewhere, and no secret in it. */
export function examined(result: CliResult): Examined {
  expect(result.stderr).toBe("");
  expect(result.stdout).not.toMatch(/canary|the-text-of-the-server/i);
  expect(result.stdout).not.toContain(KEY.slice(13, 30));
  const report: DoctorReport = JSON.parse(result.stdout);
  return {
    ...result,
    report,
    check: (id) => {
      const found = report.checks.find((check) => check.id === id);
      if (found === undefined) throw new Error(`there is no check ${id}`);
      return found;
    },
    ids: (status) => report.checks.filter((check) => check.status === status).map(({ id }) => id),
  };
}

/** What the test's servers do not have: a dead-letter queue, and a disk that is waited for. */
export const WARNINGS: readonly string[] = ["dead_letters", "durability"];

/** The checks that need the queue. */
export const OF_QUEUE: readonly string[] = [
  ...["messages", "retention", "dead_letters", "encryption", "policy"],
  ...["may_receive", "may_delete", "may_extend", "may_decrypt"],
];
/** The checks that need the database. */
export const OF_DATABASE: readonly string[] = [
  ...["tls", "writable", "durability", "connections", "migrations"],
  ...["privileges", "table", "key_record", "bookkeeping"],
];
/** The measurements. */
export const OF_SPEED: readonly string[] = ["sqs_latency", "database_latency", "throughput"];
