import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHmacSha256 } from "../../src/hmac.js";

const byNode = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text, "utf8").digest("hex");

test("it is node:crypto's, for keys of all lengths and any texts in any order", () => {
  const keys = fc.uint8Array({ minLength: 1, maxLength: 150 });
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 400, size: "max" }),
      fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
    ),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(keys, texts, (key, values) => {
      const hmac = createHmacSha256(key);
      for (const value of [...values, ...values]) expect(hmac(value)).toBe(byNode(key, value));
    }),
  );
});

test("it is node:crypto's at each length, also where texts get a buffer of their own", () => {
  const key = Buffer.alloc(32, 7);
  const hmac = createHmacSha256(key);
  for (const character of ["a", "ж", "€", "\uD800"]) {
    for (let length = 0; length <= 340; length += 1) {
      const text = character.repeat(length);
      expect(hmac(text)).toBe(byNode(key, text));
    }
  }
});

test("two of them do not get in each other's way, nor does a key that is overwritten later", () => {
  const key = Buffer.alloc(32, 1);
  const [one, other] = [createHmacSha256(key), createHmacSha256(Buffer.alloc(32, 2))];
  key.fill(9);
  for (const text of ["short", "l".repeat(1_000), "short"]) {
    expect(one(text)).toBe(byNode(Buffer.alloc(32, 1), text));
    expect(other(text)).toBe(byNode(Buffer.alloc(32, 2), text));
  }
});
