import { createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decryptGcm, encryptGcm } from "../../../src/masking/aes-gcm.js";
import { hkdfSha256 } from "../../../src/masking/hkdf.js";
import { hmacSha256Hex } from "../../../src/masking/hmac.js";
import { createMask } from "../../../src/masking/index.js";

describe("sha256 of the sample event", () => {
  test.each([
    ["199.172.111.135", "a6d0e2f27f6111e10b06790db42f34123e724aa0fd24b280f4a0ef5ee986784c"],
    ["593-47-5928", "4f00c1a807b673887c7af517d0df68e6b41aecf8cbec26c71fe4c580664669ed"],
  ])("%s", (value, digest) => {
    expect(createMask({ strategy: "sha256", domain: "ip" })(value)).toBe(digest);
  });
});

describe("HMAC-SHA-256, RFC 4231", () => {
  test.each([
    [
      "test case 1",
      Buffer.alloc(20, 0x0b),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "test case 2",
      Buffer.from("Jefe"),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "test case 6",
      Buffer.alloc(131, 0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("%s", (_name, key, text, digest) => {
    expect(hmacSha256Hex(createSecretKey(key), text)).toBe(digest);
  });
});

test("HKDF-SHA256, RFC 5869 test case 3 (the one with an empty salt)", () => {
  const output = hkdfSha256(createSecretKey(Buffer.alloc(22, 0x0b)), "", 42);
  expect(output.toString("hex")).toBe(
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

test("AES-256-GCM of zeros", () => {
  const key = Buffer.alloc(32);
  const iv = Buffer.alloc(12);
  const encrypted = encryptGcm(key, iv, Buffer.alloc(16), Buffer.alloc(0));
  expect(encrypted.toString("hex")).toBe("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  expect(decryptGcm(key, iv, encrypted, Buffer.alloc(0))).toEqual(Buffer.alloc(16));
});
