import { createSecretKey } from "node:crypto";
import { FF1 } from "@noble/ciphers/ff1.js";
import { describe, expect, test } from "vitest";
import { createHmacSha256 } from "../../../src/hmac.js";
import { decryptGcm, encryptGcm } from "../../../src/masking/aes-gcm.js";
import { createAesSiv } from "../../../src/masking/aes-siv.js";
import { hkdfSha256 } from "../../../src/masking/hkdf.js";
import { createMask } from "../../../src/masking/index.js";
import { ipBytes, ipText } from "../../../src/masking/ip-bytes.js";
import { createIpcryptPfx } from "../../../src/masking/ipcrypt-pfx.js";

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");

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
    expect(createHmacSha256(key)(text)).toBe(digest);
  });
});

test("HKDF-SHA256, RFC 5869 test case 3 (the one with an empty salt)", () => {
  const output = hkdfSha256(createSecretKey(Buffer.alloc(22, 0x0b)), "", 42);
  expect(output.toString("hex")).toBe(
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

describe("AES-SIV, RFC 5297", () => {
  test.each([
    [
      "A.1, deterministic",
      "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      ["101112131415161718191a1b1c1d1e1f2021222324252627"],
      hex("112233445566778899aabbccddee"),
      "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
    ],
    [
      "A.2, with a nonce",
      "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
      [
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0",
        "09f911029d74e35bd84156c5635688c0",
      ],
      Buffer.from("this is some plaintext to encrypt using SIV-AES"),
      "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d",
    ],
  ])("%s", (_name, key, associatedData, plaintext, sealed) => {
    const siv = createAesSiv(hex(key), associatedData.map(hex));
    expect(siv.seal(plaintext).toString("hex")).toBe(sealed);
    expect(siv.open(hex(sealed))).toEqual(plaintext);
  });
});

test("AES-256-GCM of zeros", () => {
  const key = Buffer.alloc(32);
  const iv = Buffer.alloc(12);
  const encrypted = encryptGcm(key, iv, Buffer.alloc(16), Buffer.alloc(0));
  expect(encrypted.toString("hex")).toBe("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  expect(decryptGcm(key, iv, encrypted, Buffer.alloc(0))).toEqual(Buffer.alloc(16));
});

describe("FF1, the samples of NIST", () => {
  const K256 = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94";
  const [T2, T3] = ["39383736353433323130", "3737373770717273373737"];
  test.each([
    [128, 10, "", "0123456789", "2433477484"],
    [128, 10, T2, "0123456789", "6124200773"],
    [128, 36, T3, "0123456789abcdefghi", "a9tv40mll9kdu509eum"],
    [192, 10, "", "0123456789", "2830668132"],
    [192, 10, T2, "0123456789", "2496655549"],
    [192, 36, T3, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"],
    [256, 10, "", "0123456789", "6657667009"],
    [256, 10, T2, "0123456789", "1001623463"],
    [256, 36, T3, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"],
  ])("K%i, radix %i, tweak %j", (bits, radix, tweak, plaintext, ciphertext) => {
    const digits = (text: string): number[] =>
      Array.from(text, (character) => Number.parseInt(character, radix));
    const cipher = FF1(radix, hex(K256).subarray(0, bits / 8), hex(tweak));
    expect(cipher.encrypt(digits(plaintext))).toEqual(digits(ciphertext));
    expect(cipher.decrypt(digits(ciphertext))).toEqual(digits(plaintext));
  });
});

describe("ipcrypt-pfx, draft-denis-ipcrypt", () => {
  const pfx = createIpcryptPfx(hex("0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301"));
  test.each([
    ["192.0.2.1", "100.115.72.131"],
    ["2001:db8::1", "c180:5dd4:2587:3524:30ab:fa65:6ab6:f88"],
  ])("%s", (address, encrypted) => {
    expect(ipText(pfx.encrypt(ipBytes(address) ?? []))).toBe(encrypted);
    expect(ipText(pfx.decrypt(ipBytes(encrypted) ?? []))).toBe(address);
  });
});
