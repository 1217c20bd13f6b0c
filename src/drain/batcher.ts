import type { Clock } from "../clock.js";

export interface BatcherOptions<Item> {
  readonly clock: Clock;
  /** A batch is complete at so much of what its items weigh together, */
  readonly maxItems: number;
  /** at so many bytes, */
  readonly maxBytes: number;
  /** or when its first item has waited so long. */
  readonly maxAgeMs: number;
  readonly onBatch: (items: readonly Item[]) => void;
}

/** What an item adds to its batch: a message counts as its rows. */
export interface Weight {
  readonly items: number;
  readonly bytes: number;
}

/** Gathers items into batches by number, bytes or age, whichever comes first. */
export interface Batcher<Item> {
  add(item: Item, weight: Weight): void;
  /** Closes the batch as it is; does nothing when there is none. */
  flush(): void;
}

export function createBatcher<Item>(options: BatcherOptions<Item>): Batcher<Item> {
  let items: Item[] = [];
  let weighed = 0;
  let bytes = 0;
  let cancelTimer: (() => void) | undefined;

  const flush = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (items.length === 0) return;
    const batch = items;
    items = [];
    weighed = 0;
    bytes = 0;
    options.onBatch(batch);
  };

  return {
    add: (item, weight) => {
      items.push(item);
      weighed += weight.items;
      bytes += weight.bytes;
      if (weighed >= options.maxItems || bytes >= options.maxBytes) flush();
      else cancelTimer ??= options.clock.after(options.maxAgeMs, flush);
    },
    flush,
  };
}
