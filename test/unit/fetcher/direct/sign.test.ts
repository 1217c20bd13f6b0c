import { createHash, createHmac, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type SigningOptions, signedHeaders } from "../../../../src/fetcher/sqs/direct/sign.js";

/** SHA-256, or HMAC-SHA256 with a secret, as the SDK's signer wants it. */
class Sha256 {
  #hash: ReturnType<typeof createHash> | Hmac;
  readonly #start: () => ReturnType<typeof createHash> | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#start = () => (secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret)));
    this.#hash = this.#start();
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#start();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

/** The SDK's own Authorization header for the request that these headers belong to. */
async function authorizationOfSdk(options: SigningOptions, headers: Record<string, string>): Promise<string> {
  const { region, host, path, body, nowMs } = options;
  const { sessionToken, ...keys } = options.credentials;
  const credentials = { ...keys, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new SignatureV4({
    ...{ credentials, region, service: "sqs", sha256: Sha256, applyChecksum: false },
  });
  const { Authorization: _own, ...unsigned } = headers;
  const request = { method: "POST", protocol: "https:", hostname: host, path, headers: unsigned, body };
  const signed = await signer.sign({ ...request, query: {} }, { signingDate: new Date(nowMs) });
  return signed.headers["authorization"] ?? "";
}

const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,60}$/);
const options: fc.Arbitrary<SigningOptions> = fc.record({
  credentials: fc.record(
    { accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,24}$/), secretAccessKey: word, sessionToken: word },
    { requiredKeys: ["accessKeyId", "secretAccessKey"] },
  ),
  region: fc.stringMatching(/^[a-z]{2}(-[a-z]{3,9}){1,2}-[1-9]$/),
  host: fc.stringMatching(/^[a-z0-9]{1,9}(\.[a-z0-9-]{1,9}){0,3}(:[1-9][0-9]{0,4})?$/),
  // As the path of a URL is, which is what is signed and sent.
  path: fc.array(fc.string({ unit: "binary", maxLength: 12 }), { maxLength: 4 }).map(asPath),
  action: fc.constantFrom("ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"),
  body: fc.string({ unit: "binary", maxLength: 400 }),
  nowMs: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(9999, 11, 31) }),
  userAgent: fc.constant("sqs2pg/1.2.3"),
});

function asPath(parts: readonly string[]): string {
  const { pathname } = new URL(`http://host/${parts.map(encodeURIComponent).join("/")}`);
  return pathname.endsWith("/") ? pathname : `${pathname}/`;
}

test("the signature is that of the AWS SDK", async () => {
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      const headers = signedHeaders(given);
      expect(headers["Authorization"]).toBe(await authorizationOfSdk(given, headers));
    }),
    { numRuns: 500 },
  );
});

test("the time and the session token are sent as they were signed", () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "the-token" };
  const headers = signedHeaders({
    ...{ credentials, region: "eu-west-1", host: "sqs.eu-west-1.amazonaws.com", path: "/" },
    ...{ action: "ReceiveMessage", body: "{}", userAgent: "sqs2pg/1.2.3" },
    nowMs: Date.UTC(2026, 10, 26, 6, 7, 8, 999),
  });
  expect(headers).toEqual({
    Host: "sqs.eu-west-1.amazonaws.com",
    "Content-Type": "application/x-amz-json-1.0",
    "Content-Length": "2",
    "X-Amz-Target": "AmazonSQS.ReceiveMessage",
    "X-Amz-Date": "20261126T060708Z",
    "X-Amz-Security-Token": "the-token",
    "User-Agent": "sqs2pg/1.2.3",
    Authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261126\/eu-west-1\/sqs\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    ),
  });
});
