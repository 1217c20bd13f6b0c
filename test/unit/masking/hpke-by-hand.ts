import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";

const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b656e032100", "hex");
const HASH_BYTES = 32;

interface Aead {
  readonly cipher: "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";
  readonly keyBytes: number;
}

/** By aead_id: RFC 9180, section 7.3. */
const AEADS: Readonly<Record<number, Aead>> = {
  1: { cipher: "aes-128-gcm", keyBytes: 16 },
  2: { cipher: "aes-256-gcm", keyBytes: 32 },
  3: { cipher: "chacha20-poly1305", keyBytes: 32 },
};

export interface Recipient {
  readonly privateKey: Buffer;
  readonly enc: Buffer;
  readonly info: Buffer;
  readonly aeadId: number;
}

export interface RecipientContext {
  exportSecret(exporterContext: Buffer, length: number): Buffer;
  /** Throws what node:crypto throws when the message is not genuine. */
  open(sequence: number, ciphertext: Buffer, associatedData: Buffer): Buffer;
}

/**
 * The recipient's side of HPKE's base mode with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, written down from RFC 9180 a
 * second time with nothing but node:crypto: no outside library and none of the program's code.
 */
export function setUpRecipient({ privateKey, enc, info, aeadId }: Recipient): RecipientContext {
  const suiteId = Buffer.concat([Buffer.from("HPKE"), bytesOf(0x20, 2), bytesOf(1, 2), bytesOf(aeadId, 2)]);
  const sharedSecret = decapsulate(privateKey, enc);

  // KeySchedule, section 5.1.
  const context = Buffer.concat([
    Buffer.of(0),
    labeledExtract(suiteId, "", "psk_id_hash", ""),
    labeledExtract(suiteId, "", "info_hash", info),
  ]);
  const secret = labeledExtract(suiteId, sharedSecret, "secret", "");
  const exporterSecret = labeledExpand(suiteId, secret, "exp", context, HASH_BYTES);

  return {
    exportSecret: (exporterContext, length) =>
      labeledExpand(suiteId, exporterSecret, "sec", exporterContext, length),
    open: (sequence, ciphertext, associatedData) => {
      const aead = AEADS[aeadId];
      if (aead === undefined) throw new Error("export only");
      const key = labeledExpand(suiteId, secret, "key", context, aead.keyBytes);
      const nonce = labeledExpand(suiteId, secret, "base_nonce", context, 12);
      // ComputeNonce, section 5.2.
      nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
      const decipher = createDecipheriv(aead.cipher as "aes-256-gcm", key, nonce, { authTagLength: 16 });
      decipher.setAAD(associatedData);
      decipher.setAuthTag(ciphertext.subarray(-16));
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()]);
    },
  };
}

/** Decap, section 4.1. */
function decapsulate(privateKeyBytes: Buffer, enc: Buffer): Buffer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, privateKeyBytes]),
    format: "der",
    type: "pkcs8",
  });
  const ephemeral = createPublicKey({ key: Buffer.concat([SPKI_HEAD, enc]), format: "der", type: "spki" });
  const ownPublic = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const suiteId = Buffer.concat([Buffer.from("KEM"), bytesOf(0x20, 2)]);
  const prk = labeledExtract(suiteId, "", "eae_prk", diffieHellman({ privateKey, publicKey: ephemeral }));
  return labeledExpand(suiteId, prk, "shared_secret", Buffer.concat([enc, ownPublic]), HASH_BYTES);
}

/** Section 4, over HKDF-Extract of RFC 5869. */
function labeledExtract(suiteId: Buffer, salt: Buffer | "", label: string, input: Buffer | ""): Buffer {
  return createHmac("sha256", salt === "" ? Buffer.alloc(HASH_BYTES) : salt)
    .update("HPKE-v1")
    .update(suiteId)
    .update(label)
    .update(input)
    .digest();
}

/** Section 4, over HKDF-Expand of RFC 5869; up to 32 bytes, so one block does. */
function labeledExpand(suiteId: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  return createHmac("sha256", prk)
    .update(bytesOf(length, 2))
    .update("HPKE-v1")
    .update(suiteId)
    .update(label)
    .update(info)
    .update(Buffer.of(1))
    .digest()
    .subarray(0, length);
}

/** I2OSP: big endian. */
function bytesOf(number: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(number, 0, length);
  return bytes;
}
