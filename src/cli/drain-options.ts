import type { SettingNeeds } from "../config/resolve.js";
import type { DrainOptions } from "../drain/drain.js";
import { rejectsInARowFor } from "../drain/limits.js";
import type { CommonFlags } from "./context.js";

export interface DrainFlags extends CommonFlags {
  readonly max?: number;
  /** Milliseconds. */
  readonly maxDuration?: number;
  readonly batchSize: number;
  readonly concurrency: number;
  /** Seconds. */
  readonly wait: number;
  /** Seconds. */
  readonly visibility: number;
  readonly processes: number;
  readonly dryRun?: boolean;
  readonly onReject?: "leave" | "quarantine";
  readonly rotate?: boolean;
  readonly sdkOnly?: boolean;
  readonly maxRejects: number;
}

/** What a drain with these flags cannot do without. */
export function drainNeeds({ dryRun = false, onReject = "leave" }: DrainFlags): SettingNeeds {
  return { database: !dryRun, key: onReject === "quarantine" ? "to-seal" : "for-masks" };
}

/** What the flags are to the library's `drain`. */
export function drainOptions(
  flags: DrainFlags,
): Pick<DrainOptions, "limits" | "dryRun" | "onReject" | "rotate" | "sdkOnly"> {
  return {
    limits: {
      max: flags.max,
      maxDurationMs: flags.maxDuration,
      batchSize: flags.batchSize,
      concurrency: flags.concurrency,
      waitSeconds: flags.wait,
      visibilitySeconds: flags.visibility,
      rejectsInARow: rejectsInARowFor(flags.maxRejects),
    },
    dryRun: flags.dryRun === true,
    onReject: flags.onReject ?? "leave",
    rotate: flags.rotate === true,
    sdkOnly: flags.sdkOnly === true,
  };
}
