import { MaskError } from "../errors.js";
import { ipBytes, ipText } from "../ip-bytes.js";
import { createIpcryptPfx, type IpcryptPfx } from "../ipcrypt-pfx.js";
import { deriveSubkey } from "../key.js";
import { type Keyring, maskingKey } from "../keyring.js";
import type { MaskSpec } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";
import { createOnInvalid, ipOutputLength } from "./on-invalid.js";

/**
 * Encrypts an IP address to another one, so that two addresses of one network are in one network afterwards too: IPv4
 * stays IPv4, IPv6 stays IPv6.
 *
 * - deterministic: yes, for one key and domain
 * - joinable: yes, also by subnet, across runs and tables with the same key and domain; not between domains
 * - reversible: by the key's holder; nothing proves that a value is genuine, and it does not name its key
 * - keyed: yes; subkey = HKDF-SHA256(key, empty salt, `sqs2pg/ip-prefix/` + domain, 32 bytes)
 * - output: an IP address, up to 39 characters; fits an `inet` column (64 characters with `onInvalid: hmac`)
 * - standard: ipcrypt-pfx (draft-denis-ipcrypt), text form as RFC 5952 says
 */
export const ipPrefix: MaskStrategy = {
  name: "ip-prefix",
  key: "mask-key",
  deterministic: true,
  joinable: true,
  reversibleBy: "key",
  namesKey: false,
  output: "ip",
  settings: ["keyId", "onInvalid"],
  outputLength: ipOutputLength,
  create: (spec, keys) => {
    const pfx = pfxFor(spec, keys);
    const otherwise = createOnInvalid(spec, keys);
    return (value) => {
      const bytes = ipBytes(value);
      return bytes === undefined ? otherwise(value) : ipText(pfx.encrypt(bytes));
    };
  },
  createUnmask: (spec, keys) => {
    const pfx = pfxFor(spec, keys);
    return (masked) => {
      const bytes = ipBytes(masked);
      if (bytes === undefined) throw new MaskError("not_masked", "it is no IP address");
      return ipText(pfx.decrypt(bytes));
    };
  },
};

function pfxFor(spec: MaskSpec, keys: Keyring): IpcryptPfx {
  return createIpcryptPfx(deriveSubkey(maskingKey(spec, keys), `sqs2pg/ip-prefix/${spec.domain}`, 32));
}
