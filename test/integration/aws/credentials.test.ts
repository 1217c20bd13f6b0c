import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { iamToken } from "../../../src/config/database-iam.js";
import { createKmsClient, loadKmsSdk } from "../../../src/config/keys/kms-client.js";
import { openSession } from "../../../src/fetcher/sqs/session.js";
import { createS3Client } from "../../../src/payloads/s3/client.js";
import { loadS3Sdk } from "../../../src/payloads/s3/sdk.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import {
  type CredentialServices,
  type CredentialSource,
  HANDED_OUT,
  startCredentialServices,
} from "../../support/credential-services.js";
import { type HttpProxy, startHttpProxy } from "../../support/http-proxy.js";

let services: CredentialServices;
let proxy: HttpProxy;

beforeAll(async () => {
  services = await startCredentialServices();
  proxy = await startHttpProxy();
});
afterAll(async () => {
  await proxy.stop();
  await services.stop();
});
afterEach(() => vi.unstubAllEnvs());

interface Client {
  readonly config: { readonly credentials: () => Promise<{ readonly accessKeyId: string }> };
  destroy(): void;
}

async function keyOf(client: Client): Promise<string> {
  try {
    return (await client.config.credentials()).accessKeyId;
  } finally {
    client.destroy();
  }
}

/** Whose access key each of the program's ways into AWS ends up with. */
const WAYS: Readonly<Record<string, () => Promise<string | undefined>>> = {
  SQS: async () => keyOf((await openSession({ queue: "q", maxSockets: 1 })).client),
  KMS: async () => keyOf(await createKmsClient(await loadKmsSdk(), undefined, () => {})),
  S3: async () =>
    keyOf(await createS3Client(await loadS3Sdk(), { region: undefined, maxSockets: 1, onHost: () => {} })),
  "a login to RDS": async () => {
    const token = await iamToken({ host: "h.example", port: 5432, user: "u", region: "eu-west-1" });
    return /X-Amz-Credential=(\w+)/.exec(token)?.[1];
  },
};

const SOURCES: readonly (readonly [CredentialSource, requests: readonly string[]])[] = [
  ["sso", ["GET /federation/credentials"]],
  ["sso session", ["POST /token", "GET /federation/credentials"]],
  ["login", ["POST /v1/token"]],
  ["role", ["POST / AssumeRole"]],
  ["token file", ["POST / AssumeRoleWithWebIdentity"]],
  ["token file profile", ["POST / AssumeRoleWithWebIdentity"]],
];

test.each(
  Object.entries(WAYS).flatMap(([name, way]) => SOURCES.map((source) => [name, ...source, way] as const)),
)("%s: %s asks through the proxy", async (_name, source, requests, way) => {
  stubAwsSettings({
    ...(await services.environment(source)),
    HTTP_PROXY: `http://${proxy.address}`,
  });
  const asked = services.requests.length;
  const seen = proxy.seen.length;
  expect(await way()).toBe(HANDED_OUT);
  expect(services.requests.slice(asked)).toEqual(requests);
  const passed = proxy.seen.slice(seen);
  expect(passed.map(({ target }) => new URL(target ?? "").host)).toEqual(
    requests.map(() => new URL(services.endpoint).host),
  );
});

test.each(Object.entries(WAYS))("%s: without a proxy it goes straight", async (_name, way) => {
  stubAwsSettings(await services.environment("sso"));
  const asked = services.requests.length;
  const seen = proxy.seen.length;
  expect(await way()).toBe(HANDED_OUT);
  expect(services.requests).toHaveLength(asked + 1);
  expect(proxy.seen).toHaveLength(seen);
});

test("a login to RDS says that a proxy refuses", async () => {
  stubAwsSettings({
    ...(await services.environment("role")),
    AWS_ENDPOINT_URL_STS: "https://sts.example",
    HTTPS_PROXY: `http://${proxy.address}`,
  });
  proxy.refuse(403);
  await expect(WAYS["a login to RDS"]?.()).rejects.toMatchObject({ code: "proxy_refused" });
  proxy.refuse(undefined);
});
