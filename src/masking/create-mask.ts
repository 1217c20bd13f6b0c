import { UsageError } from "../errors.js";
import type { MaskKey } from "./key.js";
import type { MaskSpec } from "./spec.js";
import { isMaskName, MASK_NAMES, STRATEGIES } from "./strategies/index.js";
import type { Mask } from "./strategy.js";

/**
 * The function that masks the values of one field; subkeys are derived here, once. Throws UsageError `key_missing` when
 * the strategy needs a key and there is none, `mask_unknown` and `mask_invalid` for a spec that makes no sense.
 */
export function createMask(spec: MaskSpec, key?: MaskKey): Mask {
  if (!isMaskName(spec.strategy)) {
    throw new UsageError("mask_unknown", `there is no such mask: use one of ${MASK_NAMES.join(", ")}`);
  }
  return STRATEGIES[spec.strategy].create(spec, key);
}
