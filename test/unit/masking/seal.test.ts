import { createDecipheriv, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateKey, MaskError, openText, parseKey, sealText } from "../../../src/masking/index.js";

const BYTES = Buffer.alloc(32, 3);
const key = parseKey(`sqs2pg-key-1:${BYTES.toString("base64url")}`);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MaskError) return error.code;
    throw error;
  }
  return "opened";
}

test("every string comes back as it was, lone surrogates too", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom("", "\uD800", "\uDC00\uD800", "\u0000", "\uFEFF{}"),
  );
  fc.assert(
    fc.property(anyText, fc.string(), (body, associatedData) => {
      expect(openText(key, sealText(key, body, associatedData), associatedData)).toBe(body);
    }),
  );
});

test("a body of 1 MiB comes back", () => {
  const body = "ж".repeat(512 * 1024);
  expect(openText(key, sealText(key, body, "id"), "id") === body).toBe(true);
});

test("anyone with the key can open it by the layout", () => {
  const sealed = sealText(key, '{"ip":"199.172.111.135"}', "message-1");
  expect(sealed[0]).toBe(1);
  expect(sealed.toString("hex", 1, 5)).toBe(key.id);
  const subkey = Buffer.from(hkdfSync("sha256", BYTES, "", "sqs2pg/seal/aes-256-gcm", 32));
  const decipher = createDecipheriv("aes-256-gcm", subkey, sealed.subarray(5, 17), { authTagLength: 16 });
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 5), Buffer.from("message-1")]));
  decipher.setAuthTag(sealed.subarray(-16));
  expect(decipher.update(sealed.subarray(17, -16), undefined, "utf8") + decipher.final("utf8")).toBe(
    '{"ip":"199.172.111.135"}',
  );
});

test("the same body is sealed differently each time", () => {
  expect(sealText(key, "body", "id")).not.toEqual(sealText(key, "body", "id"));
});

describe.each([
  ["UTF-8", '{"foo": "oops_wrong_msg_type"}'],
  ["UTF-16", "\uD800 alone"],
  ["nothing", ""],
])("a sealed body of %s", (_name, body) => {
  const sealed = sealText(key, body, "message-1");

  test("opens for its own message only", () => {
    expect(openText(key, sealed, "message-1")).toBe(body);
    expect(codeOf(() => openText(key, sealed, "message-2"))).toBe("sealed_corrupted");
    expect(codeOf(() => openText(key, sealed, ""))).toBe("sealed_corrupted");
  });

  test("does not open with any single bit flipped", () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = changed.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      expect(
        codeOf(() => openText(key, changed, "message-1")),
        `bit ${bit}`,
      ).toMatch(
        bit < 8
          ? /^sealed_(version_unknown|corrupted)$/
          : bit < 40
            ? /^sealed_wrong_key$/
            : /^sealed_corrupted$/,
      );
    }
  });

  test("does not open as the other encoding", () => {
    const changed = Buffer.from(sealed);
    changed[0] = 3 - changed.readUInt8(0);
    expect(codeOf(() => openText(key, changed, "message-1"))).toBe("sealed_corrupted");
  });

  test("does not open cut off or with bytes added", () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(codeOf(() => openText(key, sealed.subarray(0, length), "message-1"))).toBe(
        length < 33 ? "sealed_truncated" : "sealed_corrupted",
      );
    }
    expect(codeOf(() => openText(key, Buffer.concat([sealed, Buffer.of(0)]), "message-1"))).toBe(
      "sealed_corrupted",
    );
  });
});

test("another key is refused, with both ids in the message", () => {
  const other = parseKey(generateKey());
  const open = (): string => openText(other, sealText(key, "body", "id"), "id");
  expect(codeOf(open)).toBe("sealed_wrong_key");
  expect(open).toThrow(key.id);
  expect(open).toThrow(other.id);
});
