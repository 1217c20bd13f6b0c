/** `sqs2pg/masking`: masks, keys and sealing as pure functions, without I/O. */
export { Sqs2pgError, UsageError } from "../errors.js";
export { canonicalIp } from "./canonical-ip.js";
export { createMask } from "./create-mask.js";
export { MaskError } from "./errors.js";
export { deriveSubkey, type MaskKey } from "./key.js";
export { generateKey, parseKey } from "./key-text.js";
export { openText, sealText } from "./seal.js";
export type { MaskName, MaskSpec } from "./spec.js";
export { isMaskName, MASK_NAMES, STRATEGIES } from "./strategies/index.js";
export type { Mask, MaskStrategy } from "./strategy.js";
