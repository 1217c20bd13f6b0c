const WINDOW_MS = 5_000;
/** Below this span a rate is mostly noise. */
const SHORTEST_SPAN_MS = 1_000;

interface RateMeter {
  /** Notes how many are done at a moment; both only ever grow. */
  note(atMs: number, done: number): void;
  /** Per second, over the last five seconds; undefined while there is too little to tell. */
  perSecond(): number | undefined;
}

/** A moving average over what was noted in the last few seconds. */
export function createRateMeter(): RateMeter {
  const samples: { readonly atMs: number; readonly done: number }[] = [];
  return {
    note: (atMs, done) => {
      samples.push({ atMs, done });
      while ((samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) samples.shift();
    },
    perSecond: () => {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined) return undefined;
      const spanMs = last.atMs - first.atMs;
      return spanMs < SHORTEST_SPAN_MS ? undefined : ((last.done - first.done) * 1_000) / spanMs;
    },
  };
}
