import { createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createMask,
  createTokenizer,
  createUnmask,
  generateKey,
  generateKeyPair,
  type Keyring,
  keyringOf,
  NO_KEYS,
  parseKey,
  parseKeys,
  UsageError,
  withSealer,
} from "../../../src/masking/index.js";
import { maskErrorOf } from "./mask-error-of.js";
import { usageErrorOf } from "./usage-error-of.js";

const lines = [generateKey(), generateKey(), generateKey()];
const [first = "", second = "", third = ""] = lines;
const [pair, otherPair] = [await generateKeyPair(), await generateKeyPair()];
const secretOf = (line: string): string => line.replace(/^.*:/, "");
const idsOf = (keys: readonly { readonly id: string }[]): string[] => keys.map(({ id }) => id);

test("keys stand one a line, in the order in which they were given", () => {
  const keyring = parseKeys(lines.join("\n"));
  expect(idsOf(keyring.keys)).toEqual(lines.map((line) => parseKey(line).id));
  expect(keyring).toMatchObject({ publicKeys: [], privateKeys: [] });
});

describe("what may stand around keys", () => {
  const expected = idsOf(parseKeys(`${first}\n${second}`).keys);
  test.each([
    ["a newline at the end", `${first}\n${second}\n`],
    ["CRLF", `${first}\r\n${second}\r\n`],
    ["CR", `${first}\r${second}\r`],
    ["blank lines and spaces", `\n\n  ${first}\t\n \n${second}   \n\n`],
    ["comments", `# the new one\n${first}\n  # the old one, until all is rewrapped\n${second}\n#${third}`],
    ["a byte order mark", `\uFEFF${first}\n${second}`],
    ["a byte order mark before a comment", `\uFEFF# keys\r\n${first}\r\n${second}`],
  ])("%s", (_name, text) => {
    expect(idsOf(parseKeys(text).keys)).toEqual(expected);
  });
});

describe("key pairs", () => {
  test("a public line is a public key only", () => {
    const { keys, publicKeys, privateKeys } = parseKeys(pair.publicKey);
    expect(publicKeys).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{8}$/), publicKey: secretOf(pair.publicKey) },
    ]);
    expect([keys, privateKeys]).toEqual([[], []]);
  });

  test("a private line implies its public key", () => {
    const { publicKeys, privateKeys } = parseKeys(pair.privateKey);
    expect(publicKeys).toEqual(parseKeys(pair.publicKey).publicKeys);
    expect(idsOf(privateKeys)).toEqual(idsOf(publicKeys));
  });

  test.each([
    ["its public line before it", [pair.publicKey, pair.privateKey]],
    ["its public line behind it", [pair.privateKey, pair.publicKey]],
  ])("a private line may have %s", (_name, both) => {
    const { publicKeys, privateKeys } = parseKeys(both.join("\n"));
    expect(publicKeys).toEqual(parseKeys(pair.publicKey).publicKeys);
    expect(idsOf(privateKeys)).toEqual(idsOf(publicKeys));
  });

  test("those of several pairs keep their order, beside masking keys", () => {
    const text = [pair.publicKey, first, otherPair.privateKey, pair.privateKey, second].join("\n");
    const { keys, publicKeys, privateKeys } = parseKeys(text);
    const [id, otherId] = [pair, otherPair].map(({ publicKey }) => parseKeys(publicKey).publicKeys[0]?.id);
    expect(idsOf(publicKeys)).toEqual([id, otherId]);
    expect(idsOf(privateKeys)).toEqual([otherId, id]);
    expect(idsOf(keys)).toEqual(idsOf(parseKeys(`${first}\n${second}`).keys));
  });

  test("a generated one is an X25519 pair", () => {
    const der = Buffer.concat([
      Buffer.from("302a300506032b656e032100", "hex"),
      Buffer.from(secretOf(pair.publicKey), "base64url"),
    ]);
    const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
    const { privateKey } = generateKeyPairSync("x25519");
    expect(diffieHellman({ privateKey, publicKey })).toHaveLength(32);
    expect(pair.privateKey).toMatch(/^sqs2pg-private-1:[A-Za-z0-9_-]{43}$/);
    expect(pair.publicKey).toMatch(/^sqs2pg-public-1:[A-Za-z0-9_-]{43}$/);
    expect(otherPair.privateKey).not.toBe(pair.privateKey);
  });
});

describe("a bad line is named by its number and never shown", () => {
  const encoded = secretOf(third);
  test.each([
    ["no prefix", encoded, "key_malformed"],
    ["another version", `sqs2pg-key-2:${encoded}`, "key_malformed"],
    ["a word behind the key", `${third} old`, "key_malformed"],
    ["two keys in a line", `${third},${second}`, "key_malformed"],
    ["cut off", third.slice(0, -5), "key_too_short"],
    ["too long", `${third}A`, "key_too_long"],
    ["unused bits set", `sqs2pg-key-1:${"A".repeat(42)}B`, "key_malformed"],
    ["a public key cut off", pair.publicKey.slice(0, -1), "key_too_short"],
    ["a private key with a character too much", `${pair.privateKey}=`, "key_malformed"],
    ["an assignment", `KEY=${third}`, "key_malformed"],
  ])("%s", (_name, line, code) => {
    const text = `# keys\r\n${first}\r\n\r\n${line}\r\n${second}\r\n`;
    const error = usageErrorOf(() => parseKeys(text));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^line 4: /);
    for (const secret of [first, second, line, third, pair.privateKey].map(secretOf)) {
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
    }
  });

  test("the same key twice", () => {
    const error = usageErrorOf(() => parseKeys(`${first}\n${second}\n${first}`));
    expect(error.code).toBe("key_repeated");
    expect(error.message).toMatch(/^line 3: /);
    expect(error.message).toContain(parseKey(first).id);
    for (const line of [pair.publicKey, pair.privateKey]) {
      expect(usageErrorOf(() => parseKeys(`${line}\n# again\n${line}`)).message).toMatch(/^line 3: /);
    }
  });

  test.each([[""], ["\n\n"], ["# none\n"], ["\uFEFF"]])("no key at all: %j", (text) => {
    expect(usageErrorOf(() => parseKeys(text)).code).toBe("key_empty");
  });

  test("whatever is read instead of a key, such as another file", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, size: "max", maxLength: 200 }), (secret) => {
        for (const text of [secret, `${first}\n${secret}`, `${first}\nsqs2pg-key-1:${secret}`]) {
          try {
            parseKeys(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect(error instanceof Error ? error.message : "").not.toContain(secret);
          }
        }
      }),
    );
  });
});

describe("no secret is seen", () => {
  const printed = (keyring: Keyring): string =>
    inspect(keyring, { depth: null, showHidden: true, maxArrayLength: null }) + JSON.stringify(keyring);

  test("when a keyring is printed or serialised", () => {
    const keyring = parseKeys([first, second, pair.privateKey].join("\n"));
    for (const line of [first, second, pair.privateKey]) {
      const bytes = Buffer.from(secretOf(line), "base64url");
      for (const form of [secretOf(line), bytes.toString("hex"), bytes.join(), inspect(bytes).slice(8, 40)]) {
        expect(printed(keyring)).not.toContain(form);
      }
    }
    expect(JSON.parse(JSON.stringify(keyring))).toEqual({
      keys: keyring.keys,
      publicKeys: keyring.publicKeys,
      privateKeys: idsOf(keyring.privateKeys).map((id) => ({ id })),
    });
  });

  test("nor what a run seals with", async () => {
    const keyring = await withSealer(parseKeys(pair.publicKey));
    const secret = keyring.sealer?.secret ?? Buffer.alloc(0);
    expect(secret).toHaveLength(32);
    for (const form of [secret.toString("hex"), secret.join(), inspect(secret).slice(8, 40)]) {
      expect(printed(keyring)).not.toContain(form);
      expect(printed({ ...keyring })).not.toContain(form);
    }
  });

  test("a keyring's keys cannot be exchanged", () => {
    const keyring = parseKeys(`${first}\n${pair.privateKey}`);
    for (const key of [...keyring.keys, ...keyring.publicKeys, ...keyring.privateKeys, NO_KEYS]) {
      expect(Object.isFrozen(key)).toBe(true);
    }
  });
});

describe("an object that only looks like a key masks and unmasks nothing", () => {
  const id = parseKey(first).id;
  const forged = { ...NO_KEYS, keys: [{ id }] };
  test.each(["hmac-sha256", "aes-siv", "aes-gcm", "ip-prefix", "ff1"] as const)("%s", async (strategy) => {
    expect((await maskErrorOf(() => createMask({ strategy, domain: "ip" }, forged))).code).toBe(
      "key_foreign",
    );
    expect((await maskErrorOf(() => createMask({ strategy, domain: "ip" }, { id }))).code).toBe(
      "key_foreign",
    );
    if (strategy === "hmac-sha256") return;
    expect((await maskErrorOf(() => createUnmask({ strategy, domain: "ip" }, forged))).code).toBe(
      "key_foreign",
    );
  });

  test("token", async () => {
    const action = (): unknown => createTokenizer({ strategy: "token", domain: "ip" }, forged);
    expect((await maskErrorOf(action)).code).toBe("key_foreign");
  });
});

test("a single key is a keyring too", () => {
  const key = parseKey(first);
  const spec = { strategy: "hmac-sha256", domain: "ip" } as const;
  expect(createMask(spec, key)("x")).toBe(createMask(spec, keyringOf(key))("x"));
  expect(keyringOf(key)).toEqual({ keys: [key], publicKeys: [], privateKeys: [] });
});
