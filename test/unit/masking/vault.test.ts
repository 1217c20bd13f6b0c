import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createBlindIndexes,
  createColumnMask,
  createTokenizer,
  createVaultOpener,
  createVaultSealer,
  generateKey,
  isToken,
  type MaskSpec,
  parseKey,
  parseKeys,
  type StoredToken,
  type VaultEntry,
} from "../../../src/masking/index.js";
import { flippedBits } from "./flipped-bits.js";
import { maskErrorOf } from "./mask-error-of.js";
import { comesBackAs, valuesFor } from "./samples.js";

const [newLine, oldLine] = [generateKey(), generateKey()];
const keys = parseKeys(`${newLine}\n${oldLine}`);
const [key = parseKey(newLine), oldKey = parseKey(oldLine)] = keys.keys;
const spec: MaskSpec = { strategy: "token", domain: "ip" };
const open = createVaultOpener("ip", keys);

const codeOf = async (action: () => unknown): Promise<string> => (await maskErrorOf(action)).code;

describe("an entry", () => {
  test("brings the value back, canonical where it is an IP address", () => {
    const tokenize = createTokenizer(spec, keys);
    fc.assert(
      fc.property(valuesFor("token"), (value) => {
        const entry = tokenize(value);
        expect(isToken(entry.token)).toBe(true);
        expect(entry).toMatchObject({ domain: "ip", keyId: key.id });
        expect(open(entry)).toBe(comesBackAs("token", value));
      }),
    );
  });

  test("has nothing of the value in the open, and a token that says nothing", () => {
    const value = "199.172.111.135";
    const [one, other] = [createTokenizer(spec, keys)(value), createTokenizer(spec, keys)(value)];
    expect(JSON.stringify(one) + one.sealedValue.toString("latin1")).not.toContain(value);
    expect(one.token).not.toBe(other.token);
    expect(one.sealedValue).not.toEqual(other.sealedValue);
    expect(one.blindIndex).toEqual(other.blindIndex);
  });

  test("is found by the same index however the address is written, and by no other value's", () => {
    const tokenize = createTokenizer(spec, keys);
    const index = (value: string): string => tokenize(value).blindIndex.toString("hex");
    expect(index("2001:DB8::0:1")).toBe(index("2001:db8::1"));
    expect(index("::ffff:192.0.2.1")).toBe(index("192.0.2.1"));
    fc.assert(
      fc.property(valuesFor("token"), valuesFor("token"), (one, other) => {
        expect(index(one) === index(other)).toBe(comesBackAs("token", one) === comesBackAs("token", other));
      }),
    );
  });

  test("of a value that comes again has another token, since the one before may be forgotten by then", () => {
    const tokenize = createTokenizer(spec, keys);
    expect(tokenize("192.0.2.1").token).not.toBe(tokenize("192.0.2.1").token);
    expect(tokenize("192.0.2.1").blindIndex).toEqual(tokenize("192.0.2.1").blindIndex);
  });

  test("has other indexes under another key and in another domain", () => {
    const indexOf = (domain: string, line: string): string | undefined =>
      createBlindIndexes(domain, [parseKey(line)])("192.0.2.1")[0]?.toString("hex");
    const all = [indexOf("ip", newLine), indexOf("ip", oldLine), indexOf("device_id", newLine)];
    expect(new Set(all).size).toBe(3);
    expect(all.every((index) => index?.length === 64)).toBe(true);
  });

  test("is known by the indexes of all keys, so that a new key finds what an old one wrote", () => {
    const before = createTokenizer(spec, parseKeys(oldLine))("192.0.2.1");
    const after = createTokenizer(spec, keys)("192.0.2.1");
    expect(after.keyId).toBe(key.id);
    expect(after.knownAs).toEqual([before.blindIndex]);
    expect(open(before)).toBe("192.0.2.1");
  });

  test("is masked with the key that the spec names", () => {
    const entry = createTokenizer({ ...spec, keyId: oldKey.id }, keys)("192.0.2.1");
    expect(entry.keyId).toBe(oldKey.id);
    expect(entry.knownAs).toEqual(createBlindIndexes("ip", [key])("192.0.2.1"));
    expect(open(entry)).toBe("192.0.2.1");
  });

  test("is what a column's mask makes", () => {
    const made = createColumnMask(spec, keys)("192.0.2.1");
    expect(made).toMatchObject({ domain: "ip", keyId: key.id });
    expect(createColumnMask({ strategy: "redact", domain: "ip" })("192.0.2.1")).toBe("[redacted]");
  });
});

describe("what the vault holds is refused", () => {
  const entry: VaultEntry = createTokenizer(spec, keys)("199.172.111.135");
  const other: VaultEntry = createTokenizer(spec, keys)("199.172.111.136");
  const changed = (change: Partial<StoredToken>): (() => string) => {
    return () => open({ token: entry.token, keyId: entry.keyId, sealedValue: entry.sealedValue, ...change });
  };

  test("with any bit flipped", async () => {
    for (const sealedValue of flippedBits(entry.sealedValue)) {
      expect(await codeOf(changed({ sealedValue }))).toBe("tampered");
    }
  });

  test("cut off at any place", async () => {
    for (let length = 0; length < entry.sealedValue.length; length += 1) {
      const sealedValue = entry.sealedValue.subarray(0, length);
      expect(await codeOf(changed({ sealedValue }))).toBe("tampered");
    }
  });

  test("under another token, another key or in another domain", async () => {
    expect(await codeOf(changed({ token: other.token }))).toBe("tampered");
    expect(await codeOf(changed({ sealedValue: other.sealedValue }))).toBe("tampered");
    expect(await codeOf(changed({ keyId: oldKey.id }))).toBe("tampered");
    expect(await codeOf(() => createVaultOpener("device_id", keys)(entry))).toBe("tampered");
  });

  test("without its key, whose id the message names", async () => {
    const error = await maskErrorOf(() => createVaultOpener("ip", parseKeys(oldLine))(entry));
    expect(error.code).toBe("key_not_held");
    expect(error.message).toContain(key.id);
  });
});

test("a sealer's output is opened by who has the key, for any bytes", () => {
  const seal = createVaultSealer(key, "ip");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const sealedValue = seal("t1.token", Buffer.from(text, "utf8"));
      expect(open({ token: "t1.token", keyId: key.id, sealedValue })).toBe(text);
    }),
  );
});

test.each([
  ["t1.AAAAAAAAAAAAAAAAAAAAAA", true],
  ["t1.AAAAAAAAAAAAAAAAAAAAA", false],
  ["t1.AAAAAAAAAAAAAAAAAAAAAAA", false],
  ["t1.AAAAAAAAAAAAAAAAAAAAA=", false],
  ["t1.AAAAAAAAAAAAAAAAAAAAAA\n", false],
  ["s1.AAAAAAAAAAAAAAAAAAAAAA", false],
  ["", false],
])("isToken(%j) is %s", (text, expected) => {
  expect(isToken(text)).toBe(expected);
});
