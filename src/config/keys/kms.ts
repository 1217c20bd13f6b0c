import { UsageError } from "../../errors.js";
import { keyText } from "../../masking/key-text.js";
import { createKmsClient, loadKmsSdk } from "./kms-client.js";
import { describeKmsError, unreadableAnswer } from "./kms-errors.js";
import { wrappedBytes, wrappedLine } from "./wrapped.js";

const KEY_BYTES = 32;
/**
 * What KMS binds the wrapped key to, so that a policy can allow unwrapping for this purpose alone, and its log says what
 * it was for: https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
const ENCRYPTION_CONTEXT = { sqs2pg: "mask-key" };

interface KmsOptions {
  /** The region that the SDK is set to, unless it is given. */
  readonly region?: string | undefined;
  /** Aborted: calls end at once. */
  readonly stop?: AbortSignal | undefined;
}

/** AWS KMS as the guard of masking keys. Its calls throw UsageError and KeyError, with one line that says what to do. */
export interface Kms {
  /** A key's line from its wrapped one. Throws UsageError `key_malformed` besides. */
  unwrap(line: string): Promise<string>;
  /** A new masking key as a wrapped line, which KMS makes: the key itself is never here; and the ARN of the KMS key. */
  generate(keyId: string): Promise<{ readonly line: string; readonly keyArn: string }>;
  close(): void;
}

/** A client of KMS with the SDK's own settings. Throws UsageError `kms_client_missing` where it is not installed. */
export async function openKms({ region, stop }: KmsOptions = {}): Promise<Kms> {
  const sdk = await loadKmsSdk();
  let host: string | undefined;
  const client = await createKmsClient(sdk, region, (name) => {
    host = name;
  });
  const call = async <Answer>(action: string, send: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await send();
    } catch (error) {
      const context = {
        action,
        host,
        region: await client.config.region().catch(() => undefined),
        profile: process.env["AWS_PROFILE"],
      };
      throw describeKmsError(error, { context, isOfKms: error instanceof sdk.KMSServiceException });
    }
  };
  const options = stop === undefined ? {} : { abortSignal: stop };

  return {
    unwrap: async (line) => {
      const action = "Decrypt";
      const command = new sdk.DecryptCommand({
        CiphertextBlob: wrappedBytes(line),
        EncryptionContext: ENCRYPTION_CONTEXT,
      });
      const { Plaintext } = await call(action, () => client.send(command, options));
      if (Plaintext === undefined) throw unreadableAnswer({ action, host });
      if (Plaintext.length !== KEY_BYTES) {
        throw new UsageError(
          "key_malformed",
          `what KMS unwraps is no masking key, which has ${KEY_BYTES} bytes: make one with \`sqs2pg keygen --kms\``,
        );
      }
      return keyText(Plaintext);
    },
    generate: async (keyId) => {
      const action = "GenerateDataKeyWithoutPlaintext";
      const command = new sdk.GenerateDataKeyWithoutPlaintextCommand({
        KeyId: keyId,
        KeySpec: "AES_256",
        EncryptionContext: ENCRYPTION_CONTEXT,
      });
      const { CiphertextBlob, KeyId } = await call(action, () => client.send(command, options));
      const line = wrappedLine(CiphertextBlob);
      if (line === undefined) throw unreadableAnswer({ action, host });
      return { line, keyArn: KeyId ?? keyId };
    },
    close: () => client.destroy(),
  };
}
