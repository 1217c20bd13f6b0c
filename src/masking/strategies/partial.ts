import { UsageError } from "../../errors.js";
import { MASK_DEFAULTS } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";

/**
 * Keeps the last `keepLast` code points (4 unless the spec says otherwise) and puts one `*` in the place of each
 * before them. A value that is not longer than that is masked wholly: nothing short is shown in the clear.
 *
 * - deterministic: yes
 * - joinable: hardly, values with the same length and ending become equal
 * - reversible: by nobody alone, but it shows the length and the ending, and a short remainder can be guessed
 * - keyed: no
 * - output: as many characters as the value
 * - standard: none; the character mask of Presidio, AWS Glue and `anon.partial`
 */
export const partial: MaskStrategy = {
  name: "partial",
  key: "none",
  deterministic: true,
  joinable: false,
  reversibleBy: "nobody",
  namesKey: false,
  output: "text",
  settings: ["keepLast"],
  outputLength: () => undefined,
  create: ({ keepLast = MASK_DEFAULTS.keepLast }) => {
    if (!Number.isSafeInteger(keepLast) || keepLast < 0) {
      throw new UsageError("mask_invalid", "keepLast of the mask partial must be a whole number, 0 or more");
    }
    return (value) => {
      const codePoints = Array.from(value);
      const hidden = codePoints.length > keepLast ? codePoints.length - keepLast : codePoints.length;
      return "*".repeat(hidden) + codePoints.slice(hidden).join("");
    };
  },
};
