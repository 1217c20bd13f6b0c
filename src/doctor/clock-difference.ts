/** What another clock showed, and what ours did in the middle of asking. */
export interface ClockReading {
  readonly theirMs: number;
  readonly ourMs: number;
  /** The true difference is within so much of the measured one. */
  readonly withinMs: number;
}

/** From the `Date` header of an answer (https://www.rfc-editor.org/rfc/rfc9110#field.date), which knows whole seconds. */
export function readDateHeader(times: {
  readonly date: string | undefined;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}): ClockReading | undefined {
  const secondMs = Date.parse(times.date ?? "");
  if (Number.isNaN(secondMs)) return undefined;
  // Somewhere in that second.
  return reading(secondMs + 500, 500, times);
}

/** A clock that was read somewhere between sending and answer. */
export function reading(
  theirMs: number,
  precisionMs: number,
  { sentAtMs, answeredAtMs }: { readonly sentAtMs: number; readonly answeredAtMs: number },
): ClockReading {
  const half = (answeredAtMs - sentAtMs) / 2;
  return { theirMs, ourMs: sentAtMs + half, withinMs: precisionMs + half };
}

/** How far ours is ahead of theirs for sure, in milliseconds; negative: behind; 0: no more than measuring can tell. */
export function aheadMs({ theirMs, ourMs, withinMs }: ClockReading): number {
  const measured = ourMs - theirMs;
  return Math.sign(measured) * Math.max(0, Math.abs(measured) - withinMs);
}
