import type { UnmaskFailure } from "../../masked-data/unmask-outcome.js";
import { formatCount } from "./format.js";

/** More of them tell nobody more. */
const MOST_LINES = 20;

/** Says which values could not be unmasked, and why: a line each for the first ones, and the rest by their numbers. */
export interface FailureLines {
  /** `place`: such as `line 3`. */
  note(place: string, failure: UnmaskFailure): void;
  /** After the last one. */
  end(): void;
}

export function createFailureLines(write: (line: string) => void): FailureLines {
  let shown = 0;
  const rest = new Map<string, number>();
  return {
    note: (place, { code, message }) => {
      if (shown === MOST_LINES) {
        rest.set(code, (rest.get(code) ?? 0) + 1);
        return;
      }
      shown += 1;
      write(`${place}: ${message}`);
    },
    end: () => {
      if (rest.size === 0) return;
      const counts = [...rest].sort(([, one], [, other]) => other - one);
      const total = counts.reduce((sum, [, count]) => sum + count, 0);
      const byCode = counts.map(([code, count]) => `${code} ${formatCount(count)}`).join(", ");
      write(`and ${formatCount(total)} more: ${byCode}`);
    },
  };
}
