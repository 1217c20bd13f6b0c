/** `sqs2pg/masking`: masks, keys and sealing as pure functions, without I/O. */
export { Sqs2pgError, UsageError } from "../errors.js";
export { canonicalIp } from "./canonical-ip.js";
export { createColumnMask, createMask, createUnmask } from "./create-mask.js";
export { envelopeHead } from "./envelope.js";
export { MaskError } from "./errors.js";
export { withSealer } from "./hpke.js";
export { deriveSubkey, type MaskKey } from "./key.js";
export { generateKey, generateKeyPair, parseKey, parseKeys } from "./key-text.js";
export { type Keyring, keyringOf, maskingKey, NO_KEYS } from "./keyring.js";
export { openText, sealText } from "./seal.js";
export type { PrivateKey, PublicKey, Sealer } from "./sealing-key.js";
export type { Alphabet, MaskName, MaskSetting, MaskSpec, OnInvalid } from "./spec.js";
export { isMaskName, MASK_NAMES, STRATEGIES } from "./strategies/index.js";
export type { Mask, MaskStrategy, Unmask } from "./strategy.js";
export {
  createBlindIndexes,
  createTokenizer,
  createVaultOpener,
  createVaultSealer,
  isToken,
  type StoredToken,
  type VaultEntry,
} from "./token.js";
