import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { aessiv } from "@noble/ciphers/aes.js";
import { describe, expect, test } from "vitest";
import { createMask, createTokenizer, parseKey } from "../../../src/masking/index.js";
import { ipBytes, ipText } from "../../../src/masking/ip-bytes.js";
import { createIpcryptPfx } from "../../../src/masking/ipcrypt-pfx.js";
import { keyringOf } from "../../../src/masking/keyring.js";

/**
 * Who has the key reads what is in a table without this program, by what the documentation says of each strategy: values
 * that were stored once must be readable for good.
 */
const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));
const key = parseKey(`sqs2pg-key-1:${BYTES.toString("base64url")}`);
const domain = "ip";
const value = "199.172.111.135";

function subkey(purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", BYTES, "", `sqs2pg/${purpose}/${domain}`, length));
}

/** AES-256-GCM with the IV in front and the tag behind. */
function openGcm(key: Buffer, sealed: Buffer, associatedData: string): string {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(associatedData));
  decipher.setAuthTag(sealed.subarray(-16));
  return decipher.update(sealed.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
}

function partsOf(masked: string | null): { scheme: string; keyId: string; payload: Buffer } {
  const [scheme = "", keyId = "", encoded = ""] = (masked ?? "").split(".");
  return { scheme, keyId, payload: Buffer.from(encoded, "base64url") };
}

test("aes-siv", () => {
  const { scheme, keyId, payload } = partsOf(createMask({ strategy: "aes-siv", domain }, key)(value));
  expect([scheme, keyId]).toEqual(["s1", key.id]);
  const opened = aessiv(subkey("aes-siv", 64), Buffer.from(`s1|${key.id}|${domain}`)).decrypt(payload);
  expect(Buffer.from(opened).toString()).toBe(value);
});

test("aes-siv of the sample address never changes: rows are joined by it", () => {
  expect(createMask({ strategy: "aes-siv", domain }, key)(value)).toBe(
    "s1.c69bdd72.EwpopeiMQYyCgVuQmzk1iGGsaYA1BpG7VGV9s3wbeg",
  );
});

test("aes-gcm", () => {
  const { scheme, keyId, payload } = partsOf(createMask({ strategy: "aes-gcm", domain }, key)(value));
  expect([scheme, keyId]).toEqual(["g1", key.id]);
  expect(openGcm(subkey("aes-gcm", 32), payload, `g1|${key.id}|${domain}`)).toBe(value);
});

test("ip-prefix", () => {
  const masked = createMask({ strategy: "ip-prefix", domain }, key)(value) ?? "";
  const pfx = createIpcryptPfx(subkey("ip-prefix", 32));
  expect(ipText(pfx.decrypt(ipBytes(masked) ?? []))).toBe(value);
});

describe("token", () => {
  const entry = createTokenizer({ strategy: "token", domain }, keyringOf(key))(value);

  test("the index", () => {
    const index = createHmac("sha256", subkey("token/index", 32)).update(value).digest();
    expect(entry.blindIndex).toEqual(index);
  });

  test("the sealed value", () => {
    const bound = `${entry.token}|${key.id}|${domain}`;
    expect(openGcm(subkey("token/seal", 32), entry.sealedValue, bound)).toBe(value);
  });
});
