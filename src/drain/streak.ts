import { formatCount } from "../format-count.js";

/** Rejects of one stage that follow each other. */
export interface Streak {
  /** A message got through the stage. */
  end(): void;
  /** One more was rejected. */
  add(reject?: { readonly receiveCount: number }): void;
  /** There were too many: stays so. */
  isTooLong(): boolean;
}

export interface StreakOptions {
  /** So many are too many. */
  readonly tooMany: number;
  /**
   * Whether rejects stay on the queue: then those that were delivered before do not count, since a queue without a
   * redrive policy gathers them, and they must not keep the run from the messages behind them.
   */
  readonly areLeft: boolean;
  /** Called once. */
  readonly onTooMany: () => void;
}

/**
 * With nothing but rejects for so long it is the queue, the pipeline or the table that is wrong, and not a message: the
 * run should end before it has rejected all there is.
 */
export function createStreak({ tooMany, areLeft, onTooMany }: StreakOptions): Streak {
  let length = 0;
  let isTooLong = false;
  return {
    end: () => {
      length = 0;
    },
    add: (reject) => {
      if (isTooLong || (areLeft && reject !== undefined && reject.receiveCount > 1)) return;
      length += 1;
      if (length < tooMany) return;
      isTooLong = true;
      onTooMany();
    },
    isTooLong: () => isTooLong,
  };
}

/** What to say of rows that the database refuses. */
export function tooManyRefused(count: number): string {
  return `${formatCount(count)} rows in a row were refused by the database: check the table and its triggers`;
}

/** What to say of messages that cannot become rows. */
export function tooManyUnusable(count: number): string {
  return `${formatCount(count)} messages in a row cannot become rows: check the queue and the pipeline`;
}
