import { createHmac, hkdfSync } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveSubkey, generateKey, MaskError, parseKey } from "../../../src/masking/index.js";
import { usageErrorOf } from "./usage-error-of.js";

const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
const ENCODED = BYTES.toString("base64url");
const TEXT = `sqs2pg-key-1:${ENCODED}`;

test("a generated key is one line of 32 random bytes", () => {
  const text = generateKey();
  expect(text).toMatch(/^sqs2pg-key-1:[A-Za-z0-9_-]{43}$/);
  expect(generateKey()).not.toBe(text);
  expect(parseKey(text).id).toMatch(/^[0-9a-f]{8}$/);
});

test("the id and the subkeys are HKDF-SHA256 with their own labels", () => {
  const key = parseKey(TEXT);
  const hkdf = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", BYTES, Buffer.alloc(0), info, length));
  expect(key.id).toBe(hkdf("sqs2pg/key-id", 4).toString("hex"));
  expect(deriveSubkey(key, "some purpose", 48)).toEqual(hkdf("some purpose", 48));
  // RFC 5869 written out: extract with a salt of zeros, expand by one block.
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(BYTES).digest();
  const expanded = createHmac("sha256", extracted).update("some purpose").update(Buffer.of(1)).digest();
  expect(deriveSubkey(key, "some purpose", 32)).toEqual(expanded);
});

describe("what may stand around a key", () => {
  test.each([
    ["a newline", `${TEXT}\n`],
    ["CRLF and spaces", `  ${TEXT} \t\r\n`],
    ["comments and blank lines", `# for the login queue\n\n${TEXT}\r\n   # the end\n\n`],
    ["a byte order mark", `\uFEFF${TEXT}\n`],
  ])("%s", (_name, text) => {
    expect(parseKey(text).id).toBe(parseKey(TEXT).id);
  });
});

describe("what is no key", () => {
  test.each([
    ["nothing", "", "key_empty"],
    ["comments only", "# none\n\n", "key_empty"],
    ["two keys", `${TEXT}\n${generateKey()}`, "key_several"],
    ["the same key twice", `${TEXT}\n${TEXT}`, "key_several"],
    ["no prefix", ENCODED, "key_malformed"],
    ["another version", `sqs2pg-key-2:${ENCODED}`, "key_malformed"],
    ["capital letters in the prefix", `SQS2PG-KEY-1:${ENCODED}`, "key_malformed"],
    ["padding", `${TEXT}=`, "key_malformed"],
    ["plain base64", `sqs2pg-key-1:${"+/".repeat(21)}A`, "key_malformed"],
    ["quotes", `"${TEXT}"`, "key_malformed"],
    ["a space inside", `sqs2pg-key-1: ${ENCODED}`, "key_malformed"],
    ["another letter like a known one", `sqs2pg-key-1:${"А".repeat(43)}`, "key_malformed"],
    ["unused bits set", `sqs2pg-key-1:${"A".repeat(42)}B`, "key_malformed"],
    ["the prefix alone", "sqs2pg-key-1:", "key_too_short"],
    ["a cut off key", TEXT.slice(0, -1), "key_too_short"],
    ["16 bytes", `sqs2pg-key-1:${"A".repeat(22)}`, "key_too_short"],
    ["64 bytes", `sqs2pg-key-1:${"A".repeat(86)}`, "key_too_long"],
  ])("%s", (_name, text, code) => {
    expect(usageErrorOf(() => parseKey(text)).code).toBe(code);
  });

  test("the message does not show what was given", () => {
    const base64url = fc.constantFrom(...Array.from(ENCODED));
    const secrets = fc.oneof(
      fc.string({ minLength: 12, maxLength: 60, size: "max" }),
      fc.string({ unit: base64url, minLength: 12, maxLength: 60, size: "max" }),
    );
    fc.assert(
      fc.property(secrets, (secret) => {
        for (const text of [secret, `sqs2pg-key-1:${secret}`, `${TEXT}\n${secret}x`]) {
          try {
            parseKey(text);
          } catch (error) {
            expect(inspect(error, { showHidden: true }).split("\n")[0]).not.toContain(secret);
            expect(inspect(error)).not.toContain(ENCODED);
          }
        }
      }),
    );
  });
});

test("printing or serialising a key shows its id alone", () => {
  const key = parseKey(TEXT);
  expect(JSON.stringify(key)).toBe(`{"id":"${key.id}"}`);
  expect(inspect(key, { showHidden: true, depth: null, getters: true })).toBe(`{ id: '${key.id}' }`);
  expect(Reflect.ownKeys(key)).toEqual(["id"]);
});

test("an object that only looks like a key derives nothing", () => {
  const forged = { id: parseKey(TEXT).id };
  expect(() => deriveSubkey(forged, "some purpose", 32)).toThrow(MaskError);
});
