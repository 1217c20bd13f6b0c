import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as KMS would read it (AWS JSON 1.1). */
export interface KmsRequest {
  /** Such as `Decrypt`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type KmsAnswer =
  | { readonly status: number; readonly body: string }
  /** The socket is closed without an answer. */
  | "close"
  /** Nothing comes. */
  | "hang";

export interface FakeKms {
  /** Such as `http://127.0.0.1:45123`. */
  readonly endpoint: string;
  /** Of the one key that it has. */
  readonly keyArn: string;
  /** Settings for a child process; they shut out the AWS files of whoever runs the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was asked so far. */
  readonly requests: readonly KmsRequest[];
  /** Wraps bytes as KMS's Encrypt would: `sqs2pg-kms-1:` and the ciphertext. */
  wrap(plaintext: Uint8Array, context?: Readonly<Record<string, string>>): string;
  /** From now on it gives this answer to all that it is asked; undefined: its own again. */
  answerWith(answer: KmsAnswer | undefined): void;
  /** Cuts all connections. */
  stop(): Promise<void>;
}

const REGION = "eu-west-1";
const KEY_ARN = `arn:aws:kms:${REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const CONTEXT = { sqs2pg: "mask-key" };
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** An error as KMS words it. */
export function kmsRefusal(code: string, status = 400): KmsAnswer {
  return { status, body: JSON.stringify({ __type: code, message: "the-text-of-the-server" }) };
}

/**
 * AWS KMS with one key, on a free port of 127.0.0.1: Decrypt and GenerateDataKeyWithoutPlaintext of its JSON protocol. A
 * ciphertext opens only with the encryption context that it was made with, which is its associated data.
 */
export async function startKms(): Promise<FakeKms> {
  const secret = randomBytes(32);
  const requests: KmsRequest[] = [];
  let forced: KmsAnswer | undefined;

  const seal = (plaintext: Uint8Array, context: unknown): Buffer => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(associatedData(context));
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  };
  const open = (sealed: Buffer, context: unknown): Buffer => {
    const decipher = createDecipheriv("aes-256-gcm", secret, sealed.subarray(0, IV_BYTES));
    decipher.setAAD(associatedData(context)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  };
  const ownAnswer = ({ action, input }: KmsRequest): KmsAnswer => {
    const context = input["EncryptionContext"];
    if (action === "GenerateDataKeyWithoutPlaintext") {
      if (input["KeySpec"] !== "AES_256") return kmsRefusal("ValidationException");
      if (input["KeyId"] !== KEY_ARN && input["KeyId"] !== "alias/masking")
        return kmsRefusal("NotFoundException");
      return ok({ KeyId: KEY_ARN, CiphertextBlob: seal(randomBytes(32), context).toString("base64") });
    }
    if (action !== "Decrypt") return kmsRefusal("UnknownOperationException");
    try {
      const plaintext = open(Buffer.from(String(input["CiphertextBlob"]), "base64"), context);
      return ok({
        KeyId: KEY_ARN,
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        Plaintext: plaintext.toString("base64"),
      });
    } catch {
      return kmsRefusal("InvalidCiphertextException");
    }
  };

  const server = createServer((incoming, response) => {
    bodyOf(incoming).then(
      (body) => {
        const action = String(incoming.headers["x-amz-target"]).replace("TrentService.", "");
        const request: KmsRequest = { action, input: JSON.parse(body) as KmsRequest["input"] };
        requests.push(request);
        give(response, forced ?? ownAnswer(request));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    keyArn: KEY_ARN,
    environment: {
      AWS_ENDPOINT_URL_KMS: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
    requests,
    wrap: (plaintext, context = CONTEXT) => `sqs2pg-kms-1:${seal(plaintext, context).toString("base64url")}`,
    answerWith: (answer) => {
      forced = answer;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The bytes of a key's line. */
export function keyBytes(line: string): Buffer {
  return Buffer.from(line.replace("sqs2pg-key-1:", ""), "base64url");
}

function ok(output: unknown): KmsAnswer {
  return { status: 200, body: JSON.stringify(output) };
}

function associatedData(context: unknown): Buffer {
  const pairs = Object.entries((context ?? {}) as Readonly<Record<string, string>>);
  return Buffer.from(JSON.stringify(pairs.sort()), "utf8");
}

function give(response: ServerResponse, answer: KmsAnswer): void {
  if (answer === "hang") return;
  if (answer === "close") {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" }).end(answer.body);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
