import type { LeftValues, Rewrapped } from "./rewrap-report.js";

/** Counts what became of the values of one place. */
export interface RewrapTally {
  add(count: number): void;
  leave(code: string, keyId: string, count?: number): void;
  /** What was left is looked at anew. */
  beginPass(): void;
  result(): Rewrapped;
}

export function createRewrapTally(): RewrapTally {
  let rewrapped = 0;
  const left = new Map<string, LeftValues>();
  return {
    add: (count) => {
      rewrapped += count;
    },
    leave: (code, keyId, count = 1) => {
      const name = `${code} ${keyId}`;
      const before = left.get(name)?.count ?? 0;
      left.set(name, { code, key_id: keyId, count: before + count });
    },
    beginPass: () => left.clear(),
    result: () => ({ rewrapped, left: [...left.values()].sort((one, other) => other.count - one.count) }),
  };
}
