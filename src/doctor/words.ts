import { formatCount as count } from "../format-count.js";

export { count };

/** Such as `1 message` and `2 messages`. */
export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A span in its largest unit that leaves something to tell: 45 s, 12 min, 30 h, 14 days. */
export function span(seconds: number): string {
  if (seconds < 120) return `${count(seconds)} s`;
  if (seconds < 7_200) return `${count(Math.floor(seconds / 60))} min`;
  if (seconds < 172_800) return `${count(Math.floor(seconds / 3_600))} h`;
  return `${count(Math.floor(seconds / 86_400))} days`;
}

export function milliseconds(value: number): string {
  return value < 9.95 ? `${value.toFixed(1)} ms` : `${count(value)} ms`;
}

/** A number to one digit, as much as an estimate knows: 7,000, 300, 20. */
export function roundly(value: number): number {
  return value < 1 ? 1 : Number(value.toPrecision(1));
}
