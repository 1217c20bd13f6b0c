import fc from "fast-check";
import {
  canonicalIp,
  generateKey,
  generateKeyPair,
  type Keyring,
  MASK_NAMES,
  type MaskName,
  parseKeys,
  STRATEGIES,
  withSealer,
} from "../../../src/masking/index.js";

/** New keys for all masks: a masking key, and a pair of which the public half seals. */
export async function someKeys(): Promise<Keyring> {
  const { privateKey } = await generateKeyPair();
  return withSealer(parseKeys(`${generateKey()}\n${privateKey}`));
}

/** Those that `createMask` makes; tokens need a vault besides. */
export const MASKS: readonly MaskName[] = MASK_NAMES.filter((name) => name !== "token");

/** Those that `createUnmask` knows a way back for. */
export const REVERSIBLE: readonly MaskName[] = MASKS.filter(
  (name) => STRATEGIES[name].createUnmask !== undefined,
);

const ipAddress = fc.oneof(fc.ipV4(), fc.ipV6());
const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 80 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 250, maxLength: 400, size: "max" }) },
  { weight: 1, arbitrary: ipAddress },
);
const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 6, maxLength: 40 });
const digitsWithSeparators = fc
  .tuple(digits, fc.array(fc.tuple(fc.nat(40), fc.constantFrom(..." -_./:+()")), { maxLength: 4 }))
  .map(([text, separators]) =>
    separators.reduce((before, [at, one]) => before.slice(0, at) + one + before.slice(at), text),
  );

/** Well-formed values that the mask takes, with its settings left as they are. */
export function valuesFor(name: MaskName): fc.Arbitrary<string> {
  if (name === "ff1") return digitsWithSeparators;
  return STRATEGIES[name].output === "ip" ? ipAddress : anyText;
}

/** What comes back of a value: those that must be joined are masked by their canonical spelling. */
export function comesBackAs(name: MaskName, value: string): string {
  return STRATEGIES[name].joinable && name !== "ff1" ? canonicalIp(value) : value;
}
