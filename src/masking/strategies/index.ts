import type { MaskName } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";
import { aesGcm } from "./aes-gcm.js";
import { aesSiv } from "./aes-siv.js";
import { ff1 } from "./ff1.js";
import { hmacSha256 } from "./hmac-sha256.js";
import { ipPrefix } from "./ip-prefix.js";
import { ipTruncate } from "./ip-truncate.js";
import { nullStrategy } from "./null.js";
import { partial } from "./partial.js";
import { redact } from "./redact.js";
import { sealed } from "./sealed.js";
import { sha256 } from "./sha256.js";
import { token } from "./token.js";

/** All strategies by name, the default first. */
export const STRATEGIES: Readonly<Record<MaskName, MaskStrategy>> = {
  "hmac-sha256": hmacSha256,
  sha256,
  redact,
  partial,
  null: nullStrategy,
  "aes-siv": aesSiv,
  "aes-gcm": aesGcm,
  sealed,
  token,
  "ip-truncate": ipTruncate,
  "ip-prefix": ipPrefix,
  ff1,
};

/** The names of all STRATEGIES, the default first: for lists in help and error messages. */
export const MASK_NAMES: readonly MaskName[] = Object.keys(STRATEGIES).filter(isMaskName);

/** Whether a word from a config file or a flag names a strategy. */
export function isMaskName(name: string): name is MaskName {
  return Object.hasOwn(STRATEGIES, name);
}
