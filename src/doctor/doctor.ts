import { type Clock, systemClock, within } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { SettingFlags } from "../config/resolve.js";
import type { ConfigFile } from "../config/schema.js";
import { version } from "../version.js";
import type { Check } from "./check.js";
import { CHECKS } from "./checks/index.js";
import { createFacts } from "./facts.js";
import { DEFAULT_TIMEOUT_MS } from "./limits.js";
import { buildReport, type DoctorReport } from "./report.js";
import { runChecks } from "./run-checks.js";

/** What is closed at the end is waited for so long. */
const CLOSE_MS = 2_000;

export interface DoctorOptions {
  readonly flags?: SettingFlags;
  /** A pipeline in code: then no file is looked for. */
  readonly pipeline?: ConfigFile;
  /** One message may be received, which shows what only a receive can show, and counts as one of its receives. */
  readonly receive?: boolean;
  /** For one check. 10,000 unless it is given. */
  readonly timeoutMs?: number;
  /** Aborted: what is not over by then is skipped. */
  readonly stop?: AbortSignal;
  /** The titles of the checks that are under way, whenever they change. */
  readonly onProgress?: (titles: readonly string[]) => void;
  /** What a check threw; its message may quote values. */
  readonly onError?: (error: unknown) => void;
  readonly env?: Environment;
  readonly cwd?: string;
  readonly clock?: Clock;
}

/**
 * Looks at everything that could go wrong with a drain, and explains what it finds. It writes nothing, and takes no
 * message off the queue unless `receive` is set. It never rejects: whatever goes wrong is a finding.
 */
export function doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
  return examine(CHECKS, options);
}

/** The same with checks of one's own. */
export async function examine(checks: readonly Check[], options: DoctorOptions = {}): Promise<DoctorReport> {
  const { clock = systemClock, stop = new AbortController().signal } = options;
  const startedAtMs = clock.now();
  const closers: (() => void | Promise<void>)[] = [];
  const underWay = new Set<string>();
  const tools = {
    flags: options.flags ?? {},
    pipeline: options.pipeline,
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    clock,
    receive: options.receive === true,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    facts: createFacts(),
    onClose: (close: () => void | Promise<void>) => {
      closers.push(close);
    },
  };
  const results = await runChecks(checks, {
    tools,
    stop,
    onError: options.onError,
    onProgress: ({ title }, isOver) => {
      if (isOver) underWay.delete(title);
      else underWay.add(title);
      options.onProgress?.([...underWay]);
    },
  });
  const isInterrupted = stop.aborted;
  const finishedAtMs = clock.now();
  await within(clock, CLOSE_MS, closeAll(closers));
  return buildReport(results, { version, startedAtMs, finishedAtMs, isInterrupted });
}

async function closeAll(closers: readonly (() => void | Promise<void>)[]): Promise<void> {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch {
      // What cannot be closed ends with the process.
    }
  }
}
