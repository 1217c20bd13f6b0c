import { describe, expect, test } from "vitest";
import {
  createMask,
  createUnmask,
  envelopeHead,
  generateKey,
  generateKeyPair,
  type MaskSpec,
  parseKeys,
  withSealer,
} from "../../../src/masking/index.js";
import { flippedBits } from "./flipped-bits.js";
import { maskErrorOf } from "./mask-error-of.js";

const pairs = [await generateKeyPair(), await generateKeyPair()];
const keys = await withSealer(
  parseKeys([generateKey(), generateKey(), ...pairs.map(({ privateKey }) => privateKey)].join("\n")),
);
const domain = "ip";
const value = "199.172.111.135";

describe.each(["aes-siv", "aes-gcm", "sealed"] as const)("a value under %s", (strategy) => {
  const spec: MaskSpec = { strategy, domain };
  const masked = createMask(spec, keys)(value) ?? "";
  const unmask = createUnmask(spec, keys);
  const [scheme = "", keyId = "", encoded = ""] = masked.split(".");
  const payload = Buffer.from(encoded, "base64url");
  const otherKeyId = (strategy === "sealed" ? keys.publicKeys : keys.keys)[1]?.id ?? "";

  const codeOf = async (text: string): Promise<string> => (await maskErrorOf(() => unmask(text))).code;
  const withPayload = (bytes: Buffer): string => `${scheme}.${keyId}.${bytes.toString("base64url")}`;

  test("names its scheme and its key", async () => {
    expect(envelopeHead(masked)).toEqual({ scheme, keyId });
    expect(await unmask(masked)).toBe(value);
  });

  test("is refused with any bit of the payload flipped", async () => {
    const codes = new Set<string>();
    for (const bytes of flippedBits(payload)) codes.add(await codeOf(withPayload(bytes)));
    expect(codes).toEqual(new Set(["tampered"]));
  });

  test("is refused with any bit of any character flipped", async () => {
    const keyStart = scheme.length + 1;
    for (const [bit, bytes] of flippedBits(Buffer.from(masked, "latin1")).entries()) {
      const at = bit >> 3;
      const code = await codeOf(bytes.toString("latin1"));
      if (at < keyStart) expect(code).toBe("not_masked");
      else if (at < keyStart + keyId.length) expect(code).toMatch(/^(key_not_held|not_masked)$/);
      else expect(code).toMatch(/^(tampered|not_masked)$/);
    }
  });

  test("is refused with each character left out, doubled or replaced", async () => {
    for (let at = 0; at < masked.length; at += 1) {
      const [before, after] = [masked.slice(0, at), masked.slice(at + 1)];
      for (const character of [
        "",
        (masked[at] ?? "").repeat(2),
        masked[at] === "A" ? "B" : "A",
        "=",
        " ",
        "é",
      ]) {
        expect(await codeOf(before + character + after)).toMatch(/^(not_masked|key_not_held|tampered)$/);
      }
    }
  });

  test("is refused cut off at any place, and with bytes added", async () => {
    for (let length = 0; length < payload.length; length += 1) {
      expect(await codeOf(withPayload(payload.subarray(0, length)))).toBe(
        length === 0 ? "not_masked" : "tampered",
      );
    }
    expect(await codeOf(withPayload(Buffer.concat([payload, Buffer.of(0)])))).toBe("tampered");
    for (let length = 0; length < masked.length; length += 1) {
      expect(await codeOf(masked.slice(0, length))).toMatch(/^(not_masked|tampered)$/);
    }
  });

  test("is refused under the id of another key that is there, in another domain, as another scheme", async () => {
    expect(otherKeyId).toMatch(/^[0-9a-f]{8}$/);
    expect(await codeOf(masked.replace(keyId, otherKeyId))).toBe("tampered");
    const elsewhere = createUnmask({ strategy, domain: "device_id" }, keys);
    expect((await maskErrorOf(() => elsewhere(masked))).code).toBe("tampered");
    for (const other of ["s1", "g1", "p1", "t1", "s2", "S1"].filter((name) => name !== scheme)) {
      expect(await codeOf(masked.replace(scheme, other))).toBe("not_masked");
    }
  });

  test("is refused in a second spelling", async () => {
    const capitals = masked.replace(keyId, "ABCDEF00");
    for (const text of [`${masked}=`, `${masked}\n`, ` ${masked}`, `${masked}+`, `${masked}/`, capitals]) {
      expect(await codeOf(text)).toBe("not_masked");
    }
  });

  test("is refused without its key, whose id the message names", async () => {
    const others = await withSealer(parseKeys(`${generateKey()}\n${(await generateKeyPair()).privateKey}`));
    const error = await maskErrorOf(() => createUnmask(spec, others)(masked));
    expect(error.code).toBe("key_not_held");
    expect(error.message).toContain(keyId);
  });

  test("is the only thing that is unmasked: anything else is named as such, and never shown", async () => {
    for (const text of [
      "",
      ".",
      value,
      "NULL",
      "s1..",
      `${scheme}.${keyId}.`,
      `${scheme}.${keyId}`,
      "\uD800",
    ]) {
      const error = await maskErrorOf(() => unmask(text));
      expect(error.code).toBe("not_masked");
      if (text.length > 8) expect(error.message).not.toContain(text);
    }
  });
});
