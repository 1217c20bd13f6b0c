import { MaskError } from "../errors.js";
import type { Keyring } from "../keyring.js";
import { MASK_DEFAULTS, type MaskSpec } from "../spec.js";
import type { Mask } from "../strategy.js";
import { hmacSha256 } from "./hmac-sha256.js";

const HMAC_LENGTH = 64;
/** `ffff:` eight times, without the last colon. */
const IP_LENGTH = 39;

/** The most characters of what an `ip-*` mask makes. */
export function ipOutputLength({ onInvalid }: MaskSpec): number {
  return onInvalid === "hmac" ? HMAC_LENGTH : IP_LENGTH;
}

/** What becomes of values that are no IP address: the `hmac-sha256` has the mask's own domain. */
export function createOnInvalid(
  { onInvalid = MASK_DEFAULTS.onInvalid, domain, keyId }: MaskSpec,
  keys: Keyring,
): Mask {
  if (onInvalid === "null") return () => null;
  if (onInvalid === "hmac") {
    return hmacSha256.create(
      { strategy: "hmac-sha256", domain, ...(keyId === undefined ? {} : { keyId }) },
      keys,
    );
  }
  return () => {
    throw new MaskError("not_an_ip", "it is no IP address");
  };
}
