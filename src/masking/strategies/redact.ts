import { countCharacters } from "../../characters.js";
import { MASK_DEFAULTS, type MaskSpec } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";

/**
 * One constant, `[redacted]` or the spec's `replacement`, for every value: it shows that there was one, nothing else.
 *
 * - deterministic: yes, a constant
 * - joinable: no, all values become equal
 * - reversible: by nobody
 * - keyed: no
 * - output: as long as the constant
 * - standard: none
 */
export const redact: MaskStrategy = {
  name: "redact",
  key: "none",
  deterministic: true,
  joinable: false,
  reversibleBy: "nobody",
  namesKey: false,
  output: "text",
  settings: ["replacement"],
  outputLength: (spec) => countCharacters(replacementOf(spec)),
  create: (spec) => {
    const replacement = replacementOf(spec);
    return () => replacement;
  },
};

function replacementOf(spec: MaskSpec): string {
  return spec.replacement ?? MASK_DEFAULTS.replacement;
}
