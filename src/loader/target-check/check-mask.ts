import { type MaskSpec, STRATEGIES } from "../../masking/index.js";
import type { Misfit } from "./check-type.js";
import type { ColumnFacts } from "./facts.js";
import { lengthOf } from "./type-modifier.js";

/** What is wrong with masking into a column: an output that is too wide, or that differs each time under a unique index. */
export function maskMisfits(mask: MaskSpec, { type, uniqueIndex }: ColumnFacts): Misfit[] {
  const { deterministic, outputLength } = STRATEGIES[mask.strategy];
  const misfits: Misfit[] = [];
  const made = outputLength(mask);
  const held = lengthOf(type);
  if (made !== undefined && held !== undefined && made > held) {
    misfits.push({
      code: "mask_too_wide",
      text: `holds ${held} characters, and the mask ${mask.strategy} makes up to ${made}: make the column wider, or choose another mask`,
    });
  }
  if (!deterministic && uniqueIndex !== null) {
    misfits.push({
      code: "mask_not_deterministic",
      text: `is part of the unique index ${uniqueIndex}, and the mask ${mask.strategy} makes something else of equal values each time: choose a deterministic mask, such as aes-siv`,
    });
  }
  return misfits;
}
