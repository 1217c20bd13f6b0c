import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { describe } from "./describe.js";
import { generate } from "./generate.js";
import { playSeed } from "./play-seed.js";
import { playRange } from "./pool.js";
import type { Failure, Sum } from "./sum.js";

const USAGE = `npm run sim -- [--seeds 10000] [--from 1]   plays so many seeds, on all cores
npm run sim -- --seed N                     plays one seed and prints every call
`;
const MOST_FAILURES = 10;
const PROGRESS_EVERY_MS = 5_000;

async function main(args: string[]): Promise<number> {
  const options = { seeds: { type: "string" }, seed: { type: "string" }, from: { type: "string" } } as const;
  const { values } = parseArgs({ args, options });
  const [seeds, from, seed] = [values.seeds ?? "10000", values.from ?? "1", values.seed].map(Number);
  if (values.seed !== undefined && Number.isSafeInteger(seed)) return replay(Number(seed));
  if (values.seed !== undefined || !isCount(seeds) || !isCount(from)) {
    process.stderr.write(USAGE);
    return 2;
  }
  return playMany(Number(from), Number(seeds));
}

function isCount(value: number | undefined): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

async function replay(seed: number): Promise<number> {
  process.stdout.write(`${describe(generate(seed))}\n\n`);
  const { broken } = await playSeed(seed, { trace: (line) => process.stdout.write(`${line}\n`) });
  process.stdout.write(broken.length === 0 ? "\nall invariants hold\n" : `\n${listOf(broken)}\n`);
  return broken.length === 0 ? 0 : 1;
}

async function playMany(from: number, count: number): Promise<number> {
  const startMs = performance.now();
  let toldAtMs = startMs;
  const onProgress = ({ seeds, failures }: Sum): void => {
    const now = performance.now();
    if (now - toldAtMs < PROGRESS_EVERY_MS) return;
    toldAtMs = now;
    process.stderr.write(
      `${seeds} of ${count} seeds, ${failures.length} failed, ${seconds(now - startMs)}\n`,
    );
  };
  const workers = Math.min(availableParallelism(), Math.max(1, Math.ceil(count / 200)));
  const sum = await playRange({ from, count, workers, mostFailures: MOST_FAILURES, onProgress });

  for (const failure of sum.failures.slice(0, MOST_FAILURES)) process.stdout.write(`${report(failure)}\n`);
  const faults = Object.entries(sum.faults).sort(([, one], [, other]) => other - one);
  process.stdout.write(
    `${sum.seeds} seeds, ${sum.runs} runs, ${sum.messages} messages, ${sum.failures.length} failed, ${seconds(performance.now() - startMs)}; ` +
      `faults: ${faults.map(([kind, times]) => `${kind} ${times}`).join(", ")}\n`,
  );
  return sum.failures.length === 0 ? 0 : 1;
}

function report({ seed, broken }: Failure): string {
  return `${describe(generate(seed))}\n${listOf(broken)}\n  to replay: npm run sim -- --seed ${seed}\n`;
}

function listOf(broken: readonly string[]): string {
  return broken.map((what) => `  BROKEN: ${what}`).join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : "something was thrown"}\n`);
    process.exitCode = 2;
  },
);
