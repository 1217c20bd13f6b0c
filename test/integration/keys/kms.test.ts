import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readKeys } from "../../../src/config/key-source.js";
import { openKms } from "../../../src/config/keys/kms.js";
import { Sqs2pgError } from "../../../src/errors.js";
import { generateKey, parseKey } from "../../../src/masking/index.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { startHttpProxy } from "../../support/http-proxy.js";
import { type FakeKms, type KmsAnswer, keyBytes, kmsRefusal, startKms } from "../../support/kms.js";
import { until } from "../../support/until.js";

const KEY = generateKey();
const { id } = parseKey(KEY);
const SECRET = "wJalrXUtnFEMI-the-secret";

let kms: FakeKms;

beforeAll(async () => {
  kms = await startKms();
});
afterAll(() => kms.stop());

beforeEach(() => {
  stubAwsSettings({ ...kms.environment, AWS_SECRET_ACCESS_KEY: SECRET });
});
afterEach(() => {
  kms.answerWith(undefined);
  vi.unstubAllEnvs();
});

const read = (...lines: readonly string[]) => readKeys({ env: { SQS2PG_MASK_KEY: lines.join("\n") } });

async function errorOf(work: Promise<unknown>): Promise<Sqs2pgError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Sqs2pgError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** What is shown of an error holds nothing of the key, the credentials or the server's words. */
function expectDiscreet({ message, code }: Sqs2pgError): void {
  for (const secret of [SECRET, KEY.slice(-43), "the-text-of-the-server", "sqs2pg-kms-1:c"]) {
    expect(message + code).not.toContain(secret);
  }
}

describe("a wrapped key", () => {
  test("is unwrapped through a proxy where the environment names one", async () => {
    const proxy = await startHttpProxy();
    vi.stubEnv("HTTP_PROXY", `http://${proxy.address}`);
    const { keys } = await read(kms.wrap(keyBytes(KEY)));
    await proxy.stop();
    expect(keys.map((key) => key.id)).toEqual([id]);
    expect(proxy.seen).toMatchObject([{ method: "POST", target: `${kms.endpoint}/` }]);
  });

  test("is unwrapped once, with its encryption context", async () => {
    const line = kms.wrap(keyBytes(KEY));
    const before = kms.requests.length;
    const { keys } = await read(line);
    expect(keys.map((key) => key.id)).toEqual([id]);
    expect(kms.requests.slice(before)).toEqual([
      {
        action: "Decrypt",
        input: {
          CiphertextBlob: Buffer.from(line.replace("sqs2pg-kms-1:", ""), "base64url").toString("base64"),
          EncryptionContext: { sqs2pg: "mask-key" },
        },
      },
    ]);
  });

  test("stands among others, in its order and with its line number", async () => {
    const [bare, other] = [generateKey(), generateKey()];
    const { keys } = await read("# ours", kms.wrap(keyBytes(KEY)), "", bare, kms.wrap(keyBytes(other)));
    expect(keys).toEqual([KEY, bare, other].map(parseKey));
    const bad = `${KEY.slice(0, -1)}!`;
    expect((await errorOf(read("# ours", kms.wrap(keyBytes(bare)), "", bad))).message).toMatch(
      /^SQS2PG_MASK_KEY: line 4: the masking key has a character/,
    );
    expect((await errorOf(read(KEY, kms.wrap(keyBytes(KEY))))).message).toBe(
      `SQS2PG_MASK_KEY: line 2: the key ${id} is there before: remove one of the two`,
    );
  });

  test.each([
    ["in another encryption context", () => kms.wrap(keyBytes(KEY), { sqs2pg: "other" })],
    ["in none", () => kms.wrap(keyBytes(KEY), {})],
    ["and changed since", () => kms.wrap(keyBytes(KEY)).replace(/.$/, (last) => (last === "A" ? "Q" : "A"))],
  ])("%s is refused", async (_how, wrap) => {
    const error = await errorOf(read(generateKey(), wrap()));
    expect(error).toMatchObject({ name: "UsageError", kind: "usage", code: "kms_ciphertext_invalid" });
    expect(error.message).toMatch(
      /^SQS2PG_MASK_KEY: line 2: KMS cannot unwrap the key in region eu-west-1: /,
    );
    expectDiscreet(error);
  });

  test.each([16, 31, 33, 64])("of %i bytes is none", async (length) => {
    const error = await errorOf(read(kms.wrap(Buffer.alloc(length, 7))));
    expect(error).toMatchObject({ name: "UsageError", code: "key_malformed" });
    expect(error.message).toMatch(/^SQS2PG_MASK_KEY: what KMS unwraps is no masking key, which has 32 bytes/);
  });
});

describe("an error of KMS becomes one line that says what to do", () => {
  const page: KmsAnswer = { status: 200, body: "<html>the-text-of-the-server</html>" };

  test.each<[KmsAnswer, kind: string, code: string, says: string | RegExp]>([
    [
      kmsRefusal("AccessDeniedException"),
      "failed",
      "kms_access_denied",
      "access to the KMS key is denied: allow kms:Decrypt on it for the encryption context sqs2pg=mask-key, and check that it is a key of eu-west-1",
    ],
    [{ status: 403, body: "{}" }, "failed", "kms_access_denied", /allow kms:Decrypt/],
    [kmsRefusal("InvalidCiphertextException"), "usage", "kms_ciphertext_invalid", /cannot unwrap the key/],
    [kmsRefusal("IncorrectKeyException"), "usage", "kms_ciphertext_invalid", /another region/],
    [
      kmsRefusal("NotFoundException"),
      "usage",
      "kms_key_missing",
      /no such KMS key in region eu-west-1: check/,
    ],
    [kmsRefusal("DisabledException"), "failed", "kms_key_unusable", /is disabled/],
    [kmsRefusal("KMSInvalidStateException"), "failed", "kms_key_unusable", /about to be deleted/],
    [kmsRefusal("InvalidKeyUsageException"), "failed", "kms_key_unusable", /of the wrong kind/],
    [kmsRefusal("ExpiredTokenException"), "failed", "credentials_expired", /have expired: renew them/],
    [kmsRefusal("UnrecognizedClientException"), "failed", "credentials_invalid", /check the access key/],
    [kmsRefusal("InvalidSignatureException"), "failed", "credentials_invalid", /check the access key/],
    [kmsRefusal("ThrottlingException"), "unavailable", "throttled", "KMS throttles Decrypt: try again later"],
    [
      kmsRefusal("KeyUnavailableException", 500),
      "unavailable",
      "service_unavailable",
      /now: try again later/,
    ],
    [kmsRefusal("KMSInternalException", 500), "unavailable", "service_unavailable", /cannot answer Decrypt/],
    [{ status: 503, body: "" }, "unavailable", "service_unavailable", /try again later/],
    [{ ...page, status: 502 }, "unavailable", "service_unavailable", /try again later/],
    [{ status: 429, body: "{}" }, "unavailable", "throttled", /try again later/],
    [
      kmsRefusal("SomethingNew"),
      "failed",
      "request_refused",
      /refused Decrypt with HTTP 400 \(SomethingNew\)$/,
    ],
    [kmsRefusal("the-text-of-the-server"), "failed", "request_refused", /refused Decrypt with HTTP 400$/],
    [page, "failed", "unexpected_answer", /not one of KMS: check AWS_ENDPOINT_URL_KMS/],
    [{ ...page, status: 404 }, "failed", "unexpected_answer", /not one of KMS/],
    [{ status: 200, body: "{}" }, "failed", "unexpected_answer", /gave an answer to Decrypt that is not/],
    [
      "close",
      "unavailable",
      "connection_lost",
      /^cannot reach KMS at 127.0.0.1:\d+: the connection was closed/,
    ],
  ])("%j", async (answer, kind, code, says) => {
    const line = kms.wrap(keyBytes(KEY));
    kms.answerWith(answer);
    const error = await errorOf(read(line));
    expect(error).toMatchObject({ name: kind === "usage" ? "UsageError" : "KeyError", kind, code });
    if (typeof says === "string") expect(error.message).toBe(says);
    else expect(error.message).toMatch(says);
    expectDiscreet(error);
  });

  test.each<[Record<string, string>, kind: string, code: string, says: RegExp]>([
    [{ AWS_REGION: "a b" }, "usage", "region_malformed", /the AWS region that is set is none/],
    [{ AWS_ACCESS_KEY_ID: "" }, "usage", "no_credentials", /no AWS credentials were found: give them with/],
    [{ AWS_PROFILE: "none" }, "usage", "no_credentials", /the AWS profile "none" was not found/],
    [{ AWS_ENDPOINT_URL_KMS: "nonsense" }, "usage", "endpoint_malformed", /AWS_ENDPOINT_URL_KMS/],
    [{ AWS_ENDPOINT_URL_KMS: "ftp://127.0.0.1" }, "usage", "endpoint_malformed", /looks like http:/],
    [{ AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" }, "unavailable", "connection_refused", /at 127.0.0.1:1: /],
    [{ AWS_ENDPOINT_URL_KMS: "http://kms.invalid" }, "unavailable", "host_not_found", /at kms.invalid: /],
  ])("the setting %j", async (settings, kind, code, says) => {
    const line = kms.wrap(keyBytes(KEY));
    const given = Object.entries({ ...kms.environment, ...settings }).filter(
      ([name]) => settings["AWS_PROFILE"] === undefined || !/ACCESS_KEY/.test(name),
    );
    stubAwsSettings(Object.fromEntries(given));
    const error = await errorOf(read(line));
    expect(error).toMatchObject({ kind, code });
    expect(error.message).toMatch(says);
    expectDiscreet(error);
  });

  test("no region", async () => {
    const { AWS_REGION: _region, ...settings } = kms.environment;
    stubAwsSettings(settings);
    const error = await errorOf(read(kms.wrap(keyBytes(KEY))));
    expect(error).toMatchObject({ kind: "usage", code: "no_region" });
    expect(error.message).toMatch(
      /no AWS region is set for KMS: set AWS_REGION to the region of the KMS key/,
    );
  });

  test("an interrupt does not wait for an answer", async () => {
    const stop = new AbortController();
    const line = kms.wrap(keyBytes(KEY));
    kms.answerWith("hang");
    const before = kms.requests.length;
    const reading = errorOf(readKeys({ env: { SQS2PG_MASK_KEY: line }, stop: stop.signal }));
    await until("KMS is asked", () => kms.requests.length > before);
    stop.abort();
    expect(await reading).toMatchObject({ name: "InterruptedError", code: "interrupted" });
  });
});

describe("a new key", () => {
  test("is made and wrapped by KMS, and can be unwrapped", async () => {
    const client = await openKms();
    const before = kms.requests.length;
    const { line, keyArn } = await client.generate("alias/masking");
    client.close();
    expect(keyArn).toBe(kms.keyArn);
    expect(kms.requests.slice(before)).toEqual([
      {
        action: "GenerateDataKeyWithoutPlaintext",
        input: {
          KeyId: "alias/masking",
          KeySpec: "AES_256",
          EncryptionContext: { sqs2pg: "mask-key" },
        },
      },
    ]);
    expect((await read(line)).keys).toHaveLength(1);
    expect(inspect(await read(line), { depth: 9, showHidden: true })).not.toContain(line);
  });

  test.each<[KmsAnswer, code: string, says: RegExp]>([
    [kmsRefusal("NotFoundException"), "kms_key_missing", /there is no such KMS key in region eu-central-1/],
    [
      kmsRefusal("AccessDeniedException"),
      "kms_access_denied",
      /allow kms:GenerateDataKeyWithoutPlaintext on it .* a key of eu-central-1$/,
    ],
    [{ status: 200, body: "{}" }, "unexpected_answer", /answer to GenerateDataKeyWithoutPlaintext/],
  ])("is not made: %j", async (answer, code, says) => {
    const client = await openKms({ region: "eu-central-1" });
    kms.answerWith(answer);
    const error = await errorOf(client.generate("alias/masking"));
    client.close();
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expectDiscreet(error);
  });
});

test("the host of an error is the one that was asked", async () => {
  const line = kms.wrap(keyBytes(KEY));
  kms.answerWith(kmsRefusal("SomethingNew"));
  expect((await errorOf(read(line))).message).toContain(new URL(kms.endpoint).host);
});
