export interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

interface Entry extends Timer {
  /** Of two timers for the same moment the one that was set first goes first. */
  readonly number: number;
  isCancelled: boolean;
}

/** Timers by time, in a heap: a simulation sets and cancels hundreds of thousands of them. */
export interface Timers {
  /** The returned function cancels it. */
  add(atMs: number, action: () => void): () => void;
  earliest(): Timer | undefined;
  /** Removes the earliest. */
  shift(): void;
  size(): number;
}

export function createTimers(): Timers {
  const heap: Entry[] = [];
  let size = 0;
  let added = 0;

  const before = (one: Entry, other: Entry): boolean =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);

  const rise = (entry: Entry): void => {
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || before(parent, entry)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  };

  const sink = (entry: Entry): void => {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && before(right, child)) {
        below += 1;
        child = right;
      }
      if (child === undefined || before(entry, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = entry;
  };

  const removeTop = (): void => {
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sink(last);
  };

  const earliest = (): Entry | undefined => {
    while (heap[0]?.isCancelled) removeTop();
    return heap[0];
  };

  return {
    add: (atMs, action) => {
      added += 1;
      size += 1;
      const entry = { atMs, action, number: added, isCancelled: false };
      rise(entry);
      return () => {
        if (!entry.isCancelled) size -= 1;
        entry.isCancelled = true;
      };
    },
    earliest,
    shift: () => {
      const first = earliest();
      if (first === undefined) return;
      first.isCancelled = true;
      size -= 1;
      removeTop();
    },
    size: () => size,
  };
}
