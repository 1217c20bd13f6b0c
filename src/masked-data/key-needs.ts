import type { KeyUse } from "../loader/key-uses.js";
import { STRATEGIES } from "../masking/index.js";

/**
 * Whether a key is needed for what it is in use for: to mask further values, or to read back those that there are. Hashes
 * of former keys are not read back, and runs are history.
 */
export function isNeeded(use: KeyUse): boolean {
  if (use.kind === "runs") return false;
  if (use.kind !== "column" || use.isCurrent) return true;
  return Object.values(STRATEGIES).some(
    ({ name, reversibleBy }) => name === use.strategy && reversibleBy !== "nobody",
  );
}
