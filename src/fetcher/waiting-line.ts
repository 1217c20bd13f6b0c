/** Fields of an item for the line that it is in: it is in one at most. */
export interface Waiting<Item> {
  line: WaitingLine<Item> | undefined;
  before: Item | undefined;
  after: Item | undefined;
}

/** Items in the order in which they came, out of which any can be taken without looking for it. */
export interface WaitingLine<Item> {
  /** The one that came first. */
  first(): Item | undefined;
  add(item: Item): void;
  /** `item` is in this line. */
  remove(item: Item): void;
}

/** A list that its items link themselves: a map would look for each by its key, which costs more than all the rest. */
export function createWaitingLine<Item extends Waiting<Item>>(): WaitingLine<Item> {
  let first: Item | undefined;
  let last: Item | undefined;
  const line: WaitingLine<Item> = {
    first: () => first,
    add: (item) => {
      item.line = line;
      item.before = last;
      item.after = undefined;
      if (last === undefined) first = item;
      else last.after = item;
      last = item;
    },
    remove: (item) => {
      const { before, after } = item;
      if (before === undefined) first = after;
      else before.after = after;
      if (after === undefined) last = before;
      else after.before = before;
      item.line = undefined;
      item.before = undefined;
      item.after = undefined;
    },
  };
  return line;
}
