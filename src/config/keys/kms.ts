import type { KMSClient } from "@aws-sdk/client-kms";
import { QueueError, Sqs2pgError, UsageError } from "../../errors.js";
import { keyText } from "../../masking/key-text.js";

const PREFIX = "sqs2pg-kms-1:";
const KEY_BYTES = 32;
/**
 * What KMS binds the wrapped key to, so that a policy can allow unwrapping for this purpose alone, and its log says what
 * it was for. https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
const ENCRYPTION_CONTEXT = { sqs2pg: "mask-key" };

type Kms = typeof import("@aws-sdk/client-kms");

/** Whether a line is a key that KMS has wrapped. */
export function isWrapped(line: string): boolean {
  return line.startsWith(PREFIX);
}

/**
 * A key's line from its wrapped one, `sqs2pg-kms-1:` and KMS's CiphertextBlob in base64url, by one call of Decrypt.
 * Throws UsageError (`key_malformed`, `kms_client_missing`, `kms_key_refused`, ...) or an error of kind `unavailable` or
 * `failed` that says what to do.
 */
export async function unwrapKey(line: string): Promise<string> {
  const encoded = line.slice(PREFIX.length);
  if (!/^[A-Za-z0-9_-]{40,8192}$/.test(encoded)) {
    throw new UsageError(
      "key_malformed",
      "the wrapped key is cut off or changed: expected one line, as `sqs2pg keygen --kms` prints it",
    );
  }
  const blob = Buffer.from(encoded, "base64url");
  const plaintext = await withClient("Decrypt", async (kms, client) => {
    const command = new kms.DecryptCommand({ CiphertextBlob: blob, EncryptionContext: ENCRYPTION_CONTEXT });
    return (await client.send(command)).Plaintext;
  });
  if (plaintext?.length !== KEY_BYTES) {
    throw new UsageError(
      "key_malformed",
      "what KMS unwraps is no masking key: make one with `sqs2pg keygen --kms`",
    );
  }
  return keyText(plaintext);
}

/**
 * A new masking key, wrapped by the KMS key `keyId` (its ARN, id or alias), as a line: it is made by KMS and never here.
 * Throws as `unwrapKey` does.
 */
export async function generateWrappedKey(keyId: string): Promise<string> {
  const blob = await withClient("GenerateDataKeyWithoutPlaintext", async (kms, client) => {
    const command = new kms.GenerateDataKeyWithoutPlaintextCommand({
      KeyId: keyId,
      KeySpec: "AES_256",
      EncryptionContext: ENCRYPTION_CONTEXT,
    });
    return (await client.send(command)).CiphertextBlob;
  });
  return PREFIX + Buffer.from(blob ?? []).toString("base64url");
}

async function withClient<Result>(
  action: string,
  use: (kms: Kms, client: KMSClient) => Promise<Result>,
): Promise<Result> {
  const kms = await load();
  const nothing = (): void => {};
  const client = new kms.KMSClient({
    logger: { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  try {
    return await use(kms, client);
  } catch (error) {
    throw described(error, action);
  } finally {
    client.destroy();
  }
}

async function load(): Promise<Kms> {
  // The SDK's warning about Node 20 is for us to act on, not for whoever runs the command.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    return await import("@aws-sdk/client-kms");
  } catch (cause) {
    throw new UsageError(
      "kms_client_missing",
      "keys that are wrapped by AWS KMS need its client, which is not installed: npm install @aws-sdk/client-kms",
      { cause },
    );
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  InvalidCiphertextException: "it was wrapped elsewhere, or was changed",
  IncorrectKeyException: "it was wrapped with another KMS key",
  NotFoundException: "there is no such KMS key in this region and account",
  DisabledException: "the KMS key is disabled",
  KMSInvalidStateException: "the KMS key is not enabled, or is about to be deleted",
  InvalidKeyUsageException: "the KMS key is not for encryption",
  ValidationException: "KMS does not take that for a key",
};

/** The SDK's own message is not part of it: it can quote an answer or an access key. */
function described(error: unknown, action: string): Sqs2pgError {
  if (error instanceof Sqs2pgError) return error;
  const { name, message } = error instanceof Error ? error : new Error();
  const cause = { cause: error };
  const refusal = Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
  if (refusal !== undefined) return new UsageError("kms_key_refused", `KMS: ${refusal}`, cause);
  if (name === "AccessDeniedException") {
    return new QueueError(
      "failed",
      "access_denied",
      `access to the KMS key is denied: allow kms:${action} on it in IAM or in the key's policy`,
      cause,
    );
  }
  if (message === "Region is missing") {
    return new UsageError(
      "region_missing",
      "KMS: no AWS region is set: set AWS_REGION or AWS_PROFILE",
      cause,
    );
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return new QueueError(
      "failed",
      "credentials_missing",
      "KMS: no AWS credentials are found, or they have expired",
      cause,
    );
  }
  if (error instanceof Error && "$fault" in error && error["$fault"] === "client" && !/Throttl/.test(name)) {
    return new QueueError(
      "failed",
      "kms_failed",
      `KMS refused ${action}: ${/^\w{3,60}$/.test(name) ? name : "no reason given"}`,
      cause,
    );
  }
  return new QueueError("unavailable", "kms_unavailable", "AWS KMS did not answer: try again later", cause);
}
