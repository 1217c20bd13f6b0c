import type { ErrorKind } from "../errors.js";
import type { Tools } from "./tools.js";

export const GROUPS = [
  "this machine",
  "configuration",
  "AWS",
  "queue",
  "database",
  "clock and speed",
] as const;
export type CheckGroup = (typeof GROUPS)[number];

export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

/** What a check measured, by name with the unit in it, such as `latency_ms`. */
export type Figures = Readonly<Record<string, string | number | boolean | null>>;

/** What a check has found: nothing secret, and nothing of a message. */
export interface Finding {
  readonly status: CheckStatus;
  /** One line. */
  readonly found: string;
  /** What to do, where it is not ok. */
  readonly remedy?: string | undefined;
  /** Further lines, such as each mistake of a config file. */
  readonly details?: readonly string[];
  readonly figures?: Figures;
  /** Of an error: stable, machine-readable. */
  readonly code?: string;
  readonly kind?: ErrorKind;
}

/** One small thing that could go wrong with a drain. */
export interface Check {
  /** Stable, snake_case. */
  readonly id: string;
  readonly group: CheckGroup;
  /** For people, a word or three. */
  readonly title: string;
  /** Checks without which this one makes no sense: where one of them is not ok (a warning is), it is skipped. */
  readonly needs?: readonly string[];
  /** Checks that are to be over first, whatever they find. */
  readonly after?: readonly string[];
  /** In the place of what the caller says. */
  readonly timeoutMs?: number;
  /** Where to look when there was no answer in time. */
  readonly ifSilent?: string;
  /** May throw: that is a finding, too. */
  readonly run: (tools: Tools) => Finding | Promise<Finding>;
}

type More = Omit<Finding, "status" | "found">;

export function ok(found: string, more: More = {}): Finding {
  return { ...more, status: "ok", found };
}

export function warning(found: string, remedy: string, more: More = {}): Finding {
  return { ...more, status: "warning", found, remedy };
}

export function failed(found: string, remedy: string, more: More = {}): Finding {
  return { kind: "failed", ...more, status: "failed", found, remedy };
}

export function skipped(found: string, more: More = {}): Finding {
  return { ...more, status: "skipped", found };
}

export const INTERRUPTED: Finding = skipped("interrupted");
