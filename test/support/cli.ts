import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { until } from "./until.js";

/** The program as users start it; it runs what `npm run build` has put into dist. */
export const BIN: string = fileURLToPath(new URL("../../bin/sqs2pg.js", import.meta.url));

export interface CliOptions {
  /** All that the program sees of the environment, apart from PATH and a HOME without files. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Bytes for stdin, which is empty otherwise. */
  readonly input?: string;
  /** Other arguments for Node itself, such as `--max-old-space-size=64`. */
  readonly nodeArgs?: readonly string[];
  /** After this the program is killed, and the result says so by its signal. */
  readonly timeoutMs?: number;
}

export interface CliResult {
  /** Absent when a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended it, if one did: a clean stop has an exit code instead. */
  readonly signal: string | undefined;
  /** Exactly what was written, the last newline included. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly pid: number;
  readonly result: Promise<CliResult>;
  /** What has been written so far. */
  readonly stderr: string;
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL" | "SIGHUP"): void;
  /** Resolves when stderr matches; throws if the program ends first. */
  untilStderr(pattern: RegExp): Promise<void>;
  /** Resolves when a condition of the test's own holds; throws if the program ends first. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
}

/** Runs `sqs2pg` to its end. A failure is a result, never an exception. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}

/** Starts `sqs2pg`, to send signals to it or to do something else while it runs. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = execa(process.execPath, [...(options.nodeArgs ?? []), BIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: cleanEnvironment(options.env),
    extendEnv: false,
    input: options.input ?? "",
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 120_000,
    killSignal: "SIGKILL",
  });
  let written = "";
  let ended = false;
  child.stderr.on("data", (chunk: Buffer) => {
    written += chunk.toString("utf8");
  });
  const result = child.then(({ exitCode, signal, stdout, stderr }): CliResult => {
    ended = true;
    return { exitCode, signal, stdout, stderr };
  });
  const untilOrEnd: RunningCli["until"] = (what, condition) =>
    until(what, async () => {
      if (await condition()) return true;
      if (ended) throw new Error(`sqs2pg ended before: ${what}\n${written}`);
      return false;
    });
  return {
    pid: child.pid ?? 0,
    result,
    get stderr() {
      return written;
    },
    signal: (name) => {
      child.kill(name);
    },
    untilStderr: (pattern) => untilOrEnd(`stderr matches ${pattern}`, () => pattern.test(written)),
    until: untilOrEnd,
  };
}

function cleanEnvironment(env: CliOptions["env"]): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...env };
}
