import { MaskError } from "../masking/errors.js";
import type { VaultEntry } from "../masking/token.js";
import type { Check, Fault } from "../types/cell.js";
import type { ColumnType } from "../types/column-type.js";
import { fits, isStorable, textFaults } from "../types/text.js";
import { characterLimit } from "../types/type-check.js";

/** Throws `MaskError` for what it cannot mask. */
export type ColumnMask = (value: string) => string | null | VaultEntry;

/** The value is masked before its length is looked at; the mask's output is what must fit. */
export function createMaskCheck(type: ColumnType, mask: ColumnMask, target: string): Check {
  const faults = textFaults(target);
  const limit = characterLimit(type);
  const refusals = new Map<string, Fault>();
  const refusal = ({ code, message }: MaskError): Fault => {
    const known = refusals.get(code) ?? {
      fault: code,
      reason: `cannot be masked for ${target}: ${message}`,
    };
    refusals.set(code, known);
    return known;
  };
  return (value) => {
    if (typeof value !== "string") return faults.wrongType;
    if (!isStorable(value)) return faults.unstorable;
    try {
      const masked = mask(value);
      return typeof masked !== "string" || fits(masked, limit) ? masked : faults.tooLong;
    } catch (error) {
      if (error instanceof MaskError) return refusal(error);
      throw error;
    }
  };
}
