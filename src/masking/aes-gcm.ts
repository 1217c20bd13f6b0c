import { createCipheriv, createDecipheriv } from "node:crypto";

export const GCM_IV_BYTES = 12;
export const GCM_TAG_BYTES = 16;

/** AES-256-GCM (NIST SP 800-38D): the ciphertext and, behind it, the 16-byte tag. */
export function encryptGcm(key: Buffer, iv: Buffer, plaintext: Buffer, associatedData: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: GCM_TAG_BYTES });
  cipher.setAAD(associatedData);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext of `encryptGcm`'s output; throws node:crypto's error when anything of it was changed. */
export function decryptGcm(key: Buffer, iv: Buffer, encrypted: Buffer, associatedData: Buffer): Buffer {
  const tagStart = encrypted.length - GCM_TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: GCM_TAG_BYTES });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(encrypted.subarray(tagStart));
  return Buffer.concat([decipher.update(encrypted.subarray(0, tagStart)), decipher.final()]);
}
