import { createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMask, type Mask, parseKey } from "../../../src/masking/index.js";
import { usageErrorOf } from "./usage-error-of.js";

const keyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.string({ unit: "binary" });

function maskOf(bytes: Uint8Array, domain: string): Mask {
  const key = parseKey(`sqs2pg-key-1:${Buffer.from(bytes).toString("base64url")}`);
  return createMask({ strategy: "hmac-sha256", domain }, key);
}

test("it is HMAC-SHA-256 under the HKDF subkey of the domain", () => {
  fc.assert(
    fc.property(keyBytes, text, text, (bytes, domain, value) => {
      fc.pre(!value.includes(":"));
      const subkey = hkdfSync("sha256", bytes, "", `sqs2pg/hmac-sha256/${domain}`, 32);
      const expected = createHmac("sha256", Buffer.from(subkey))
        .update(Buffer.from(value, "utf8"))
        .digest("hex");
      expect(maskOf(bytes, domain)(value)).toBe(expected);
    }),
  );
});

test("equal values are masked alike, by masks that were made apart", () => {
  fc.assert(
    fc.property(keyBytes, text, text, (bytes, domain, value) => {
      expect(maskOf(bytes, domain)(value)).toBe(maskOf(bytes, domain)(value));
    }),
  );
});

test("two keys, two domains and two values give different masks", () => {
  fc.assert(
    fc.property(keyBytes, keyBytes, text, text, (bytes, otherBytes, one, other) => {
      fc.pre(one !== other && Buffer.compare(bytes, otherBytes) !== 0);
      expect(maskOf(bytes, "ip")(one)).not.toBe(maskOf(otherBytes, "ip")(one));
      expect(maskOf(bytes, one)("value")).not.toBe(maskOf(bytes, other)("value"));
      expect(maskOf(bytes, "ip")(one)).not.toBe(maskOf(bytes, "ip")(other));
    }),
  );
});

test("the spellings of one IP address are masked alike", () => {
  const mask = maskOf(Buffer.alloc(32, 7), "ip");
  expect(mask("::FFFF:199.172.111.135")).toBe(mask("199.172.111.135"));
  expect(mask("2001:DB8::0:1")).toBe(mask("2001:db8::1"));
  expect(mask("010.0.0.1")).not.toBe(mask("8.0.0.1"));
});

test("without a key it names both remedies", () => {
  const error = usageErrorOf(() => createMask({ strategy: "hmac-sha256", domain: "ip" }));
  expect(error.code).toBe("key_missing");
  expect(error.message).toContain("sqs2pg keygen");
  expect(error.message).toContain("SQS2PG_MASK_KEY");
  expect(error.message).toContain("--mask sha256");
});

test("a domain too long for HKDF is refused when the mask is made", () => {
  expect(usageErrorOf(() => maskOf(Buffer.alloc(32), "d".repeat(1006))).code).toBe("mask_domain_too_long");
  expect(maskOf(Buffer.alloc(32), "d".repeat(1005))("value")).toHaveLength(64);
});
