/** One loop to be measured. */
export interface Contender {
  readonly name: string;
  /** Does the next piece of its work. */
  work(): void | Promise<void>;
  /** How many values a piece has. */
  readonly values: number;
}

export interface RateOptions {
  readonly rounds: number;
  /** A measurement does one piece after the other until they have taken so much time. */
  readonly leastMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Called before each measurement: such as to throw away what the one before it has left. */
  readonly prepare?: () => void;
}

/**
 * Values a second of each contender in each round. They take turns, so that a machine that becomes slower or busier hits
 * all of them; a round before the first one warms them up and does not count.
 */
export async function measureRates(
  contenders: readonly Contender[],
  { rounds, leastMs, now, prepare }: RateOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of contenders) {
      prepare?.();
      const rate = await measure(contender, leastMs, now);
      if (round > 0) rates.get(contender.name)?.push(rate);
    }
  }
  return rates;
}

async function measure({ work, values }: Contender, leastMs: number, now: () => number): Promise<number> {
  const startedAtMs = now();
  let done = 0;
  let tookMs = 0;
  while (tookMs < leastMs) {
    await work();
    done += values;
    tookMs = now() - startedAtMs;
  }
  return (done * 1_000) / tookMs;
}

/** Processor time that this process has used so far, its garbage collection on other threads included. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
