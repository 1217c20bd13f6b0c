import { expect, test } from "vitest";
import * as masking from "../../../src/masking/index.js";

test("sqs2pg/masking exports these names and no others", () => {
  expect(Object.keys(masking).sort()).toEqual([
    "MASK_NAMES",
    "MaskError",
    "STRATEGIES",
    "Sqs2pgError",
    "UsageError",
    "canonicalIp",
    "createMask",
    "deriveSubkey",
    "generateKey",
    "isMaskName",
    "openText",
    "parseKey",
    "sealText",
  ]);
});
