import * as hpke from "hpke";
import { describe, expect, test } from "vitest";
import { createSuite } from "../../../src/masking/hpke.js";
import { setUpRecipient } from "./hpke-by-hand.js";
import { EXPORTER_CONTEXTS, HPKE_VECTORS, INFO, PLAINTEXT } from "./hpke-vectors.js";

const AEADS: Readonly<Record<number, hpke.AEADFactory>> = {
  1: hpke.AEAD_AES_128_GCM,
  2: hpke.AEAD_AES_256_GCM,
  3: hpke.AEAD_ChaCha20Poly1305,
  65535: hpke.AEAD_EXPORT_ONLY,
};

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const associatedData = (sequence: number | string): Buffer => Buffer.from(`Count-${sequence}`);
const info = Buffer.from(INFO);

test("the mask sealed has the suite of which RFC 9180 says 0x0020, 0x0001, 0x0002", async () => {
  const { KEM, KDF, AEAD } = await createSuite();
  expect([KEM.id, KDF.id, AEAD.id]).toEqual([0x20, 1, 2]);
});

describe.each(HPKE_VECTORS)("RFC 9180, $name", (vector) => {
  const { aeadId, ikmE, ikmR, pkRm, skRm, enc, exports } = vector;
  const lastSequence = Math.max(-1, ...Object.keys(vector.ciphertexts).map(Number));

  /** The suite, whose senders all have the ephemeral key of the vector. */
  const createVectorSuite = (): hpke.CipherSuite => {
    const factory: hpke.KEMFactory<hpke.CryptoKey> = () => {
      const kem = hpke.KEM_DHKEM_X25519_HKDF_SHA256();
      return { ...kem, GenerateKeyPair: (extractable) => kem.DeriveKeyPair(hex(ikmE), extractable) };
    };
    return new hpke.CipherSuite(factory, hpke.KDF_HKDF_SHA256, AEADS[aeadId] ?? hpke.AEAD_EXPORT_ONLY);
  };

  test("the library derives the recipient's key pair", async () => {
    const suite = createVectorSuite();
    const pair = await suite.DeriveKeyPair(hex(ikmR), true);
    expect(toHex(await suite.SerializePrivateKey(pair.privateKey))).toBe(skRm);
    expect(toHex(await suite.SerializePublicKey(pair.publicKey))).toBe(pkRm);
  });

  test("the library exports the same secrets on both sides", async () => {
    const suite = createVectorSuite();
    const privateKey = await suite.DeserializePrivateKey(hex(skRm), true);
    const publicKey = await suite.DeserializePublicKey(hex(pkRm));
    for (const [index, context] of EXPORTER_CONTEXTS.map(hex).entries()) {
      const sent = await suite.SendExport(publicKey, context, 32, { info });
      expect(toHex(sent.encapsulatedSecret)).toBe(enc);
      expect(toHex(sent.exportedSecret)).toBe(exports[index]);
      const received = await suite.ReceiveExport(privateKey, hex(enc), context, 32, { info });
      expect(toHex(received)).toBe(exports[index]);
    }
  });

  test.runIf(lastSequence >= 0)("the library seals and opens", async ({ skip }) => {
    const suite = createVectorSuite();
    const privateKey = await suite.DeserializePrivateKey(hex(skRm), true);
    const sender = await suite.SetupSender(await suite.DeserializePublicKey(hex(pkRm)), { info });
    const recipient = await suite.SetupRecipient(privateKey, hex(enc), { info });
    expect(toHex(sender.encapsulatedSecret)).toBe(enc);
    for (let sequence = 0; sequence <= lastSequence; sequence += 1) {
      const aad = associatedData(sequence);
      const sealed = await sender.ctx.Seal(Buffer.from(PLAINTEXT), aad).catch((error: unknown) => {
        if (error instanceof hpke.NotSupportedError) skip("this Node's WebCrypto does not have the cipher");
        throw error;
      });
      const expected = vector.ciphertexts[sequence] ?? toHex(sealed);
      expect(toHex(sealed)).toBe(expected);
      const opened = await recipient.Open(hex(expected), aad);
      expect(Buffer.from(opened).toString()).toBe(PLAINTEXT);
    }
  });

  test("what the RFC says, written down again, exports and opens the same", () => {
    const context = setUpRecipient({ privateKey: hex(skRm), enc: hex(enc), info, aeadId });
    expect(EXPORTER_CONTEXTS.map((one) => toHex(context.exportSecret(hex(one), 32)))).toEqual(exports);
    for (const [sequence, ciphertext] of Object.entries(vector.ciphertexts)) {
      const opened = context.open(Number(sequence), hex(ciphertext), associatedData(sequence));
      expect(opened.toString()).toBe(PLAINTEXT);
    }
  });
});
