import { UsageError } from "../../errors.js";
import type { MaskStrategy } from "../strategy.js";
import { TOKEN_LENGTH } from "../token.js";

/**
 * Random tokens: nothing of the value is in the table, only in the vault beside it. Whoever deletes its entry there makes
 * every token of a value mean nothing, in backups of the table too.
 *
 * - deterministic: yes, as long as the vault has the value
 * - joinable: yes, across runs and tables with the same vault and domain; not between domains; key changes do not matter
 * - reversible: by who holds the key and can read the vault; by nobody once the value is forgotten
 * - keyed: yes; the vault finds values by HMAC-SHA-256 under HKDF-SHA256(key, empty salt, `sqs2pg/token/index/` + domain,
 *   32 bytes) and holds them under AES-256-GCM with the subkey `sqs2pg/token/seal/` + domain
 * - output: always 25 characters, `t1.` and 16 random bytes in base64url
 * - standard: none for the token; HMAC-SHA-256 (RFC 2104) and AES-256-GCM (NIST SP 800-38D) for the vault
 */
export const token: MaskStrategy = {
  name: "token",
  key: "mask-key",
  deterministic: true,
  joinable: true,
  reversibleBy: "vault",
  namesKey: false,
  output: "text",
  settings: ["keyId", "maxBytes"],
  outputLength: () => TOKEN_LENGTH,
  create: () => {
    throw new UsageError(
      "mask_needs_vault",
      "tokens live in a vault, which a mask alone does not have: use createTokenizer and store what it makes",
    );
  },
};
