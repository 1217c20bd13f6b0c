import { seededRandom } from "../support/seeded-random.js";

/** Chance for the making of scenarios. */
export interface Dice {
  /** True so often. */
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(min: number, max: number): number;
  /** A whole number up to `max`, small ones more often. */
  small(max: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  return {
    chance: (probability) => random() < probability,
    between: (min, max) => min + Math.floor(random() * (max - min + 1)),
    small: (max) => Math.floor(random() ** 3 * (max + 1)),
    pick: (items) => items[Math.floor(random() * items.length)] ?? items[0],
  };
}
