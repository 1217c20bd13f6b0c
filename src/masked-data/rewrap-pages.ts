import { retrying } from "../loader/retry.js";
import type { RewrapTally } from "./rewrap-tally.js";
import { type RewrapWork, reading, refusalCode } from "./rewrap-work.js";

/** A value, and where it counts. */
export interface Cell {
  readonly tally: RewrapTally;
  readonly keyId: string | null;
}

/** What is to be written of an item, and the values that are rewrapped by it. */
export interface Renewal<Written> {
  readonly written: Written;
  readonly cells: readonly Cell[];
}

/** Places in a list: what was written, and the codes of what cannot be. The rest was passed over. */
export interface Replaced {
  readonly done: ReadonlySet<number>;
  readonly refused?: ReadonlyMap<number, string>;
}

/** Something that can be gone through page by page. */
export interface Pages<Item, Written> {
  /** Items that can be opened, after the last one of the page before. One attempt: throws `StoreError`. */
  page(after: Item | undefined): Promise<readonly Item[]>;
  /** What cannot be opened is counted; undefined: there is nothing to write. */
  renew(item: Item): Promise<Renewal<Written> | undefined>;
  /** One attempt, one transaction: throws `StoreError`. */
  replace(written: readonly Written[]): Promise<Replaced>;
}

/** Rewraps page by page until there is no further one, or the work is stopped. Throws `DatabaseError` and `InterruptedError`. */
export async function rewrapPages<Item, Written>(
  work: RewrapWork,
  pages: Pages<Item, Written>,
): Promise<void> {
  for (let after: Item | undefined; !work.stop.aborted; ) {
    const last = after;
    const page = await reading(work, () => pages.page(last));
    if (page.length === 0) return;
    const renewals: Renewal<Written>[] = [];
    for (const item of page) {
      const renewal = await pages.renew(item);
      if (renewal !== undefined) renewals.push(renewal);
    }
    if (work.dryRun) for (const { cells } of renewals) for (const { tally } of cells) tally.add();
    else await replaceAll(work, pages, renewals);
    after = page.at(-1);
  }
}

/** What the database refuses for its data is halved until the item is alone that is at fault: that one is left. */
async function replaceAll<Item, Written>(
  work: RewrapWork,
  pages: Pages<Item, Written>,
  renewals: readonly Renewal<Written>[],
): Promise<void> {
  const pieces = [renewals];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const current = piece;
    if (current.length === 0) continue;
    try {
      count(current, await retrying(() => pages.replace(current.map(({ written }) => written)), work));
    } catch (error) {
      const code = refusalCode(error);
      if (code === undefined) throw error;
      if (current.length === 1) count(current, { done: new Set(), refused: new Map([[0, code]]) });
      else {
        const middle = Math.ceil(current.length / 2);
        pieces.push(current.slice(middle), current.slice(0, middle));
      }
    }
  }
}

function count<Written>(renewals: readonly Renewal<Written>[], { done, refused }: Replaced): void {
  for (const [index, { cells }] of renewals.entries()) {
    const code = refused?.get(index);
    for (const { tally, keyId } of cells) {
      if (done.has(index)) tally.add();
      else if (code === undefined) tally.skip(keyId);
      else tally.leave(code, keyId);
    }
  }
}
