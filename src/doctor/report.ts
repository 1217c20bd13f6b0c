import type { ErrorKind } from "../errors.js";
import { type CheckGroup, type CheckStatus, type Figures, GROUPS } from "./check.js";
import type { CheckResult } from "./run-checks.js";

/** A check, as `--json` has it. Nothing in it is secret or of a message. */
export interface ReportedCheck {
  readonly id: string;
  readonly group: CheckGroup;
  readonly title: string;
  readonly status: CheckStatus;
  readonly found: string;
  /** What to do; null where there is nothing to. */
  readonly remedy: string | null;
  /** Of what is not ok: stable, snake_case. */
  readonly code: string | null;
  /** Of what has failed: what kind of end it would make of a drain. */
  readonly kind: ErrorKind | null;
  readonly details: readonly string[];
  readonly figures: Figures;
  readonly duration_ms: number;
}

export interface DoctorReport {
  /** Nothing has failed, and nothing was interrupted. */
  readonly ready: boolean;
  readonly version: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly counts: Readonly<Record<CheckStatus, number>>;
  readonly checks: readonly ReportedCheck[];
}

export interface ReportOptions {
  readonly version: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly isInterrupted: boolean;
}

/** Group by group, within a group in the order of the checks. */
export function buildReport(results: readonly CheckResult[], options: ReportOptions): DoctorReport {
  const { version, startedAtMs, finishedAtMs, isInterrupted } = options;
  const checks = GROUPS.flatMap((group) =>
    results.filter(({ check }) => check.group === group).map(reported),
  );
  const of = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const counts = { ok: of("ok"), warning: of("warning"), failed: of("failed"), skipped: of("skipped") };
  return {
    ready: counts.failed === 0 && !isInterrupted,
    version,
    started_at: new Date(startedAtMs).toISOString(),
    duration_ms: Math.max(0, finishedAtMs - startedAtMs),
    counts,
    checks,
  };
}

function reported({ check, durationMs, because: _, ...finding }: CheckResult): ReportedCheck {
  const { status, found, remedy = null, code = null, kind, details = [], figures = {} } = finding;
  return {
    ...{ id: check.id, group: check.group, title: check.title, status, found, remedy, code },
    kind: status === "failed" ? (kind ?? "failed") : null,
    ...{ details, figures, duration_ms: durationMs },
  };
}
