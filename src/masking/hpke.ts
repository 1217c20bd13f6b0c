import type { CipherSuite } from "hpke";
import { UsageError } from "../errors.js";
import type { Keyring } from "./keyring.js";
import { type PrivateKey, type PublicKey, privateKeyBytes, type Sealer } from "./sealing-key.js";

const INFO = Buffer.from("sqs2pg/sealed");
const EXPORTER_CONTEXT = Buffer.from("sqs2pg/sealed/secret");
const SECRET_BYTES = 32;
/** Of an encapsulated X25519 secret: Npk in RFC 9180, section 7.1. */
export const ENCAPSULATED_BYTES = 32;

/**
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: RFC 9180, section 7. The package is loaded here, when it is
 * needed, because most runs seal nothing.
 */
export async function createSuite(): Promise<CipherSuite> {
  const hpke = await import("hpke");
  return new hpke.CipherSuite(hpke.KEM_DHKEM_X25519_HKDF_SHA256, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES_256_GCM);
}

/**
 * A new secret for a public key by HPKE's base mode and its secret export (RFC 9180, sections 5.1.1 and 5.3). Rejects
 * with UsageError `key_malformed` for a public key that nothing can be sealed for, such as one of zeros (section 7.1.4).
 */
export async function createSealer({ id, publicKey }: PublicKey): Promise<Sealer> {
  const suite = await createSuite();
  const recipient = await suite.DeserializePublicKey(Buffer.from(publicKey, "base64url"));
  const { encapsulatedSecret, exportedSecret } = await suite
    .SendExport(recipient, EXPORTER_CONTEXT, SECRET_BYTES, { info: INFO })
    .catch((cause: unknown) => {
      throw new UsageError(
        "key_malformed",
        `nothing can be sealed for the public key ${id}: make a new pair with \`sqs2pg keygen --pair\``,
        { cause },
      );
    });
  const secret = Buffer.from(exportedSecret);
  const sealer: Sealer = {
    keyId: id,
    encapsulated: Buffer.from(encapsulatedSecret),
    get secret() {
      return secret;
    },
  };
  // So that printing or serialising a keyring does not show it.
  return Object.defineProperty(sealer, "secret", { enumerable: false });
}

/** The secret that `createSealer` made, for the holder of the private key. Rejects for what is no encapsulated secret. */
export async function openSealer(key: PrivateKey, encapsulated: Buffer): Promise<Buffer> {
  const suite = await createSuite();
  // Node 20 finds the public half of an extractable key only; it stays in this function.
  const recipient = await suite.DeserializePrivateKey(privateKeyBytes(key), true);
  return Buffer.from(
    await suite.ReceiveExport(recipient, encapsulated, EXPORTER_CONTEXT, SECRET_BYTES, { info: INFO }),
  );
}

/** A new X25519 key pair (RFC 7748) as bytes, the private half first. */
export async function generatePairBytes(): Promise<[privateKey: Buffer, publicKey: Buffer]> {
  const suite = await createSuite();
  const pair = await suite.GenerateKeyPair(true);
  return [
    Buffer.from(await suite.SerializePrivateKey(pair.privateKey)),
    Buffer.from(await suite.SerializePublicKey(pair.publicKey)),
  ];
}

/**
 * The keyring with what the mask `sealed` needs, for its first public key or the one that `keyId` names; one secret for
 * all that is masked with it, so make a new one for each run. Rejects with UsageError `key_missing`, `key_not_held` and
 * `key_malformed`.
 */
export async function withSealer(keys: Keyring, keyId?: string): Promise<Keyring> {
  const [first] = keys.publicKeys;
  if (first === undefined) {
    throw new UsageError(
      "key_missing",
      "the mask sealed needs a public key: make a pair with `sqs2pg keygen --pair`, and give this machine its public line only",
    );
  }
  const key = keyId === undefined ? first : keys.publicKeys.find(({ id }) => id === keyId);
  if (key === undefined) {
    throw new UsageError(
      "key_not_held",
      `the mask sealed wants the public key ${keyId}, which is not among the keys: add its line`,
    );
  }
  return { ...keys, sealer: await createSealer(key) };
}
