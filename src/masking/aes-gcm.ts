import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** What `sealGcm` adds to a plaintext. */
export const GCM_OVERHEAD_BYTES: number = IV_BYTES + TAG_BYTES;

/** AES-256-GCM under a random IV (NIST SP 800-38D, 8.2.2): IV (12 bytes) | ciphertext | tag (16). */
export function sealGcm(key: Buffer, plaintext: Buffer, associatedData: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  return Buffer.concat([iv, encryptGcm(key, iv, plaintext, associatedData)]);
}

/** The plaintext of `sealGcm`'s output; throws an error when anything of it was changed, or cut off. */
export function openGcm(key: Buffer, sealed: Buffer, associatedData: Buffer): Buffer {
  if (sealed.length < GCM_OVERHEAD_BYTES) throw new RangeError("shorter than an IV and a tag");
  return decryptGcm(key, sealed.subarray(0, IV_BYTES), sealed.subarray(IV_BYTES), associatedData);
}

/** AES-256-GCM (NIST SP 800-38D): the ciphertext and, behind it, the 16-byte tag. */
export function encryptGcm(key: Buffer, iv: Buffer, plaintext: Buffer, associatedData: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext of `encryptGcm`'s output; throws node:crypto's error when anything of it was changed. */
export function decryptGcm(key: Buffer, iv: Buffer, encrypted: Buffer, associatedData: Buffer): Buffer {
  const tagStart = encrypted.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(encrypted.subarray(tagStart));
  return Buffer.concat([decipher.update(encrypted.subarray(0, tagStart)), decipher.final()]);
}
