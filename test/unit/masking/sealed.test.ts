import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  createMask,
  createUnmask,
  generateKeyPair,
  type MaskSpec,
  parseKeys,
  withSealer,
} from "../../../src/masking/index.js";
import { setUpRecipient } from "./hpke-by-hand.js";
import { maskErrorOf } from "./mask-error-of.js";
import { usageErrorOf } from "./usage-error-of.js";

/** By a name that is a string, since its types need those of browsers. */
const otherLibrary: string = "@hpke/core";
const { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } = await import(otherLibrary);

const pair = await generateKeyPair();
const [privateKey = Buffer.alloc(0), publicKey = Buffer.alloc(0)] = [pair.privateKey, pair.publicKey].map(
  (line) => Buffer.from(line.replace(/^.*:/, ""), "base64url"),
);
const spec: MaskSpec = { strategy: "sealed", domain: "ip" };
const value = "199.172.111.135";
const info = Buffer.from("sqs2pg/sealed");
const exporterContext = Buffer.from("sqs2pg/sealed/secret");

/** Another program that knows what the documentation says of a value, and how a run's secret is got. */
async function openElsewhere(masked: string, secretOf: (enc: Buffer) => Promise<Buffer>): Promise<string> {
  const [scheme, keyId, encoded = ""] = masked.split(".");
  const payload = Buffer.from(encoded, "base64url");
  const secret = await secretOf(payload.subarray(0, 32));
  const subkey = Buffer.from(hkdfSync("sha256", secret, "", "sqs2pg/sealed/ip", 32));
  const decipher = createDecipheriv("aes-256-gcm", subkey, payload.subarray(32, 44), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(`${scheme}|${keyId}|ip`));
  decipher.setAuthTag(payload.subarray(-16));
  return decipher.update(payload.subarray(44, -16), undefined, "utf8") + decipher.final("utf8");
}

describe("who has the private key reads what the machine with the public key wrote", () => {
  const sealedValue = async (): Promise<string> =>
    createMask(spec, await withSealer(parseKeys(pair.publicKey)))(value) ?? "";

  test("with another HPKE library", async () => {
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    const recipientKey = await suite.kem.importKey("raw", privateKey, false);
    const opened = await openElsewhere(await sealedValue(), async (enc) => {
      const context = await suite.createRecipientContext({ recipientKey, enc, info });
      return Buffer.from(await context.export(exporterContext, 32));
    });
    expect(opened).toBe(value);
  });

  test("with node:crypto and what RFC 9180 says", async () => {
    const opened = await openElsewhere(await sealedValue(), async (enc) =>
      setUpRecipient({ privateKey, enc, info, aeadId: 2 }).exportSecret(exporterContext, 32),
    );
    expect(opened).toBe(value);
  });

  test("and nobody else: not who wrote it", async () => {
    const writer = await withSealer(parseKeys(pair.publicKey));
    const masked = createMask(spec, writer)(value) ?? "";
    expect((await maskErrorOf(() => createUnmask(spec, writer)(masked))).code).toBe("key_not_held");
    expect(await createUnmask(spec, parseKeys(pair.privateKey))(masked)).toBe(value);
  });
});

test("a value names its key by the SHA-256 of the public half", async () => {
  const masked = createMask(spec, await withSealer(parseKeys(pair.publicKey)))(value) ?? "";
  expect(masked.split(".")[1]).toBe(createHash("sha256").update(publicKey).digest("hex").slice(0, 8));
});

describe("without what it needs", () => {
  test("a keyring that has no public key", async () => {
    const error = await withSealer(parseKeys(`sqs2pg-key-1:${"A".repeat(43)}`)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "UsageError", code: "key_missing" });
    expect(usageErrorOf(() => createMask(spec, parseKeys(pair.publicKey))).code).toBe("key_missing");
  });

  test("a public key that is not there", async () => {
    const error = await withSealer(parseKeys(pair.publicKey), "00000000").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "UsageError", code: "key_not_held" });
  });

  test("a public key that nothing can be sealed for", async () => {
    const zeros = parseKeys(`sqs2pg-public-1:${"A".repeat(43)}`);
    const error = await withSealer(zeros).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "UsageError", code: "key_malformed" });
  });

  test("a private key that only looks like one", async () => {
    const masked = createMask(spec, await withSealer(parseKeys(pair.publicKey)))(value) ?? "";
    const keyring = parseKeys(pair.privateKey);
    const forged = { ...keyring, privateKeys: keyring.privateKeys.map(({ id }) => ({ id })) };
    expect((await maskErrorOf(() => createUnmask(spec, forged)(masked))).code).toBe("key_foreign");
  });
});
