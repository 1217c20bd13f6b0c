import { formatCount } from "../../format-count.js";

export { formatCount };

/** A number whose decimals matter while it is small: 9.5, 0.3, 1,234. */
export function formatDecimal(value: number): string {
  return value === 0 || value >= 99.95 ? formatCount(value) : value.toFixed(1);
}

/** Messages a second: 12,340/s, 9.5/s. */
export function formatRate(perSecond: number): string {
  return `${formatDecimal(perSecond)}/s`;
}

/** A span of time, in milliseconds: 0.8 s, 12.3 s, 1 m 24 s, 2 h 03 m. */
export function formatDuration(durationMs: number): string {
  const tenths = Math.round(durationMs / 100);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)} s` : formatWholeSeconds(Math.round(durationMs / 1_000));
}

/** What remains, in milliseconds, without a precision that it does not have: 11 s, 1 m 24 s, 2 h 03 m. */
export function formatRemaining(remainingMs: number): string {
  return formatWholeSeconds(Math.ceil(remainingMs / 1_000));
}

function formatWholeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${twoDigits(seconds % 60)} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} m`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

const UNITS = ["KiB", "MiB", "GiB", "TiB"] as const;

/** A size: 512 B, 1.5 KiB, 255 KiB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of UNITS) {
    if (value < 1_023.5) break;
    value /= 1_024;
    unit = next;
  }
  return unit === "B" ? `${formatCount(value)} B` : `${formatDecimal(value)} ${unit}`;
}

/** A moment in UTC to the second: 2026-03-01 12:34:56 UTC. */
export function formatMoment(moment: Date): string {
  return Number.isNaN(moment.getTime()) ? "?" : `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A count with its noun: 1 message, 1,204 messages. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
