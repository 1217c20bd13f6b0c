import { expect, test } from "vitest";
import * as masking from "../../../src/masking/index.js";

test("sqs2pg/masking exports these names and no others", () => {
  expect(Object.keys(masking).sort()).toEqual([
    "MASK_NAMES",
    "MaskError",
    "NO_KEYS",
    "STRATEGIES",
    "Sqs2pgError",
    "UsageError",
    "canonicalIp",
    "createBlindIndexes",
    "createColumnMask",
    "createMask",
    "createTokenizer",
    "createUnmask",
    "createVaultOpener",
    "createVaultSealer",
    "deriveSubkey",
    "envelopeHead",
    "generateKey",
    "generateKeyPair",
    "isMaskName",
    "isToken",
    "keyringOf",
    "maskingKey",
    "openText",
    "parseKey",
    "parseKeys",
    "sealText",
    "withSealer",
  ]);
});
