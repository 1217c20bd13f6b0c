import { FF1 } from "@noble/ciphers/ff1.js";
import { UsageError } from "../../errors.js";
import { MaskError } from "../errors.js";
import { deriveSubkey } from "../key.js";
import { type Keyring, maskingKey } from "../keyring.js";
import { type Alphabet, MASK_DEFAULTS, type MaskSpec } from "../spec.js";
import type { MaskStrategy } from "../strategy.js";

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();

const ALPHABETS: Readonly<Record<Alphabet, string>> = {
  digits: DIGITS,
  "lower-alphanumeric": DIGITS + LOWER,
  "upper-alphanumeric": DIGITS + UPPER,
  alphanumeric: DIGITS + UPPER + LOWER,
};

/** Characters that stay where they are. */
const SEPARATORS = new Set(" -_./:+()");

/** NIST SP 800-38G, revision 1 (draft), section 5.1: with fewer values, trying them is an attack. */
const LEAST_VALUES = 1_000_000;
/** Its time grows with the square of the length. */
const MOST_CHARACTERS = 256;

/**
 * Format-preserving encryption: digits become digits (or letters and digits the like), as many as there were, and
 * separators stay where they are: `593-47-5928` becomes `NNN-NN-NNNN`.
 *
 * - deterministic: yes, for one key and domain
 * - joinable: yes, across runs and tables with the same key and domain; not between domains; separators aside
 * - reversible: by the key's holder; nothing proves that a value is genuine, and it does not name its key
 * - keyed: yes; subkey = HKDF-SHA256(key, empty salt, `sqs2pg/ff1/` + domain, 32 bytes)
 * - output: as long as the value; values with less than 10^6 possibilities are refused (6 digits, or 4 alphanumerics)
 * - standard: FF1 with AES-256 (NIST SP 800-38G), empty tweak
 */
export const ff1: MaskStrategy = {
  name: "ff1",
  key: "mask-key",
  deterministic: true,
  joinable: true,
  reversibleBy: "key",
  namesKey: false,
  output: "text",
  settings: ["keyId", "alphabet"],
  outputLength: () => undefined,
  create: (spec, keys) => {
    const { encrypt } = cipherFor(spec, keys);
    const transform = createTransform(spec);
    return (value) => transform(value, encrypt);
  },
  createUnmask: (spec, keys) => {
    const { decrypt } = cipherFor(spec, keys);
    const transform = createTransform(spec);
    return (masked) => {
      try {
        return transform(masked, decrypt);
      } catch (cause) {
        if (!(cause instanceof MaskError)) throw cause;
        throw new MaskError("not_masked", `it does not have the form of a masked value: ${cause.message}`, {
          cause,
        });
      }
    };
  },
};

function cipherFor(spec: MaskSpec, keys: Keyring): ReturnType<typeof FF1> {
  const subkey = deriveSubkey(maskingKey(spec, keys), `sqs2pg/ff1/${spec.domain}`, 32);
  return FF1(alphabetOf(spec).length, subkey);
}

function alphabetOf({ alphabet = MASK_DEFAULTS.alphabet }: MaskSpec): string {
  if (!Object.hasOwn(ALPHABETS, alphabet)) {
    const names = Object.keys(ALPHABETS).join(", ");
    throw new UsageError("mask_invalid", `the alphabet of the mask ff1 must be one of ${names}`);
  }
  return ALPHABETS[alphabet];
}

/** Takes the alphabet's characters of a value through `crypt` and puts them back between the separators. */
function createTransform(spec: MaskSpec): (value: string, crypt: (digits: number[]) => number[]) => string {
  const alphabet = alphabetOf(spec);
  const digitOf = new Map(Array.from(alphabet, (character, digit) => [character, digit]));
  const fewest = Math.ceil(Math.log(LEAST_VALUES) / Math.log(alphabet.length));
  return (value, crypt) => {
    if (value.length > MOST_CHARACTERS) {
      throw new MaskError("too_long", `it has more than ${MOST_CHARACTERS} characters`);
    }
    const digits: number[] = [];
    for (const character of value) {
      const digit = digitOf.get(character);
      if (digit !== undefined) digits.push(digit);
      else if (!SEPARATORS.has(character)) {
        throw new MaskError(
          "outside_alphabet",
          "it has a character that is neither in the alphabet nor a separator",
        );
      }
    }
    if (digits.length < fewest) {
      throw new MaskError(
        "too_short",
        `it has fewer than ${fewest} characters of the alphabet, too few to hide it`,
      );
    }
    const crypted = crypt(digits).values();
    return Array.from(value, (character) =>
      digitOf.has(character) ? alphabet.charAt(crypted.next().value ?? 0) : character,
    ).join("");
  };
}
