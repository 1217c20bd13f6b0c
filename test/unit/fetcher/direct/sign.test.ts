import { createHash, createHmac, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CallToSign,
  createSigner,
  type SignerOptions,
} from "../../../../src/fetcher/sqs/direct/sign.js";

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
async function authorizationOfSdk(
  { region, host, path }: SignerOptions,
  call: CallToSign,
  headers: Record<string, string>,
): Promise<string> {
  const { body, nowMs } = call;
  const { sessionToken, ...keys } = call.credentials;
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
const options: fc.Arbitrary<SignerOptions> = fc.record({
  region: fc.stringMatching(/^[a-z]{2}(-[a-z]{3,9}){1,2}-[1-9]$/),
  host: fc.stringMatching(/^[a-z0-9]{1,9}(\.[a-z0-9-]{1,9}){0,3}(:[1-9][0-9]{0,4})?$/),
  // As the path of a URL is, which is what is signed and sent.
  path: fc.array(fc.string({ unit: "binary", maxLength: 12 }), { maxLength: 4 }).map(asPath),
});
const keys = fc.record(
  {
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,24}$/),
    secretAccessKey: word,
    sessionToken: fc.oneof(word, fc.constant("")),
  },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);
const HALF_A_DAY_MS = 12 * 60 * 60 * 1_000;
/** Some of them of the same second, the same day and with the same keys. */
const calls: fc.Arbitrary<CallToSign[]> = fc
  .tuple(
    fc.array(keys, { minLength: 1, maxLength: 2 }),
    fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(9999, 11, 30) }),
    fc.array(
      fc.record({
        which: fc.nat({ max: 1 }),
        afterMs: fc.oneof(fc.nat({ max: 999 }), fc.nat({ max: 2 * HALF_A_DAY_MS })),
        action: fc.constantFrom("ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"),
        body: fc.string({ unit: "binary", maxLength: 400 }).map((text) => Buffer.from(text)),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([known, startMs, given]) =>
    given.flatMap(({ which, afterMs, action, body }) => {
      const credentials = known[which % known.length];
      return credentials === undefined ? [] : [{ credentials, action, body, nowMs: startMs + afterMs }];
    }),
  );

function asPath(parts: readonly string[]): string {
  const { pathname } = new URL(`http://host/${parts.map(encodeURIComponent).join("/")}`);
  return pathname.endsWith("/") ? pathname : `${pathname}/`;
}

test("the signatures of a signer are those of the AWS SDK", async () => {
  await fc.assert(
    fc.asyncProperty(options, calls, async (given, made) => {
      const sign = createSigner(given);
      for (const call of made) {
        const headers = sign(call);
        expect(headers["Authorization"]).toBe(await authorizationOfSdk(given, call, headers));
      }
    }),
    { numRuns: 300 },
  );
});

test("an empty session token is none", () => {
  const sign = createSigner({ region: "eu-west-1", host: "sqs.eu-west-1.amazonaws.com", path: "/" });
  const call = { action: "ReceiveMessage", body: Buffer.from("{}"), nowMs: Date.UTC(2026, 10, 26) };
  const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  expect(sign({ ...call, credentials: { ...keys, sessionToken: "" } })).toEqual(
    sign({ ...call, credentials: keys }),
  );
});

test("the time and the session token are sent as they were signed", () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "the-token" };
  const sign = createSigner({ region: "eu-west-1", host: "sqs.eu-west-1.amazonaws.com", path: "/" });
  const headers = sign({
    ...{ credentials, action: "ReceiveMessage", body: Buffer.from("{}") },
    nowMs: Date.UTC(2026, 10, 26, 6, 7, 8, 999),
  });
  expect(headers).toEqual({
    Host: "sqs.eu-west-1.amazonaws.com",
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "AmazonSQS.ReceiveMessage",
    "X-Amz-Date": "20261126T060708Z",
    "X-Amz-Security-Token": "the-token",
    Authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261126\/eu-west-1\/sqs\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    ),
  });
});
