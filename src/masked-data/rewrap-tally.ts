import type { LeftValues, Rewrapped } from "./rewrap-report.js";

/** Counts what became of the values of one place. */
export interface RewrapTally {
  /** One more was rewrapped. */
  add(): void;
  /** Left as it is; null: it names no key. */
  leave(code: string, keyId: string | null, count?: number): void;
  /** Passed over, since somebody else was at it: the next pass tries again. */
  skip(keyId: string | null): void;
  /** What was left is looked at anew. */
  beginPass(): void;
  /** Since the pass began. */
  readonly changed: number;
  readonly skipped: number;
  /** What was skipped to the last counts as left. */
  result(): Rewrapped;
}

export function createRewrapTally(): RewrapTally {
  let rewrapped = 0;
  let changed = 0;
  let skipped = 0;
  const left = new Map<string, LeftValues>();
  const leave: RewrapTally["leave"] = (code, keyId, count = 1) => {
    const name = `${code} ${keyId}`;
    const before = left.get(name)?.count ?? 0;
    left.set(name, { code, key_id: keyId, count: before + count });
  };
  return {
    add: () => {
      rewrapped += 1;
      changed += 1;
    },
    leave,
    skip: (keyId) => {
      skipped += 1;
      leave("not_updated", keyId);
    },
    beginPass: () => {
      left.clear();
      changed = 0;
      skipped = 0;
    },
    get changed() {
      return changed;
    },
    get skipped() {
      return skipped;
    },
    result: () => ({ rewrapped, left: [...left.values()].sort((one, other) => other.count - one.count) }),
  };
}
