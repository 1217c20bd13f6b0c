import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { sampleMemory } from "./memory.js";
import { endedChildrenUs } from "./processor.js";

const SAMPLE_EVERY_MS = 50;
const LONGEST_RUN_MS = 10 * 60 * 1_000;

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** On top of PATH and a HOME without files. */
  readonly env?: Readonly<Record<string, string>>;
  /** For a program that goes on for ever: tells when it has done its work. It is then sent SIGTERM. */
  readonly isDone?: () => Promise<boolean>;
}

export interface Took {
  readonly startedAtMs: number;
  readonly seconds: number;
  /** User and system time of the program and of what it has started. */
  readonly processorUs: number;
  readonly peakMiB: number;
  readonly stdout: string;
}

/** Runs a program to its end and tells what it took. Nothing else that this process has started may end meanwhile. */
export async function launch({ command, args, env = {}, isDone }: Launch): Promise<Took> {
  const beforeUs = await endedChildrenUs();
  const startedAtMs = Date.now();
  const startedMs = performance.now();
  const child = spawn(command, args, {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST_RUN_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const memory = sampleMemory(child.pid ?? 0, SAMPLE_EVERY_MS, () => 1);
  const closed = once(child, "close");
  let exitCode: unknown;
  let seconds: number;
  try {
    if (isDone !== undefined) await terminateWhen(isDone, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    [exitCode] = await closed;
    seconds = (performance.now() - startedMs) / 1_000;
    memory.stop();
  }
  if (isDone === undefined && exitCode !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}: ${stderr.slice(-2_000)}`);
  }
  return {
    startedAtMs,
    seconds,
    processorUs: (await endedChildrenUs()) - beforeUs,
    peakMiB: Math.max(0, ...memory.stop().map(({ peakMiB }) => peakMiB)),
    stdout,
  };
}

async function terminateWhen(isDone: () => Promise<boolean>, child: ReturnType<typeof spawn>): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && !(await isDone())) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  }
  child.kill("SIGTERM");
}
