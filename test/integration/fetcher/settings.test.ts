import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type OpenQueueOptions, openQueue } from "../../../src/fetcher/sqs/open-queue.js";
import { stubAwsSettings } from "../../support/aws-settings.js";
import { QUEUE_CLIENTS } from "../../support/queue-clients.js";
import { type SqsServer, startSqs } from "../../support/sqs.js";
import { type SqsFaults, startSqsFaults } from "../../support/sqs-faults.js";

let server: SqsServer;
/** Shows which way requests come, and in whose name. */
let witness: SqsFaults;
let folder: string;

beforeAll(async () => {
  server = await startSqs();
  witness = await startSqsFaults(server.endpoint);
  server.createQueue("login-queue").send(["{}"]);
  folder = await mkdtemp(join(tmpdir(), "sqs2pg-aws-"));
});
afterAll(async () => {
  await witness.stop();
  await server.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => stubAwsSettings({ ...server.environment, AWS_ENDPOINT_URL_SQS: witness.endpoint }));
afterEach(() => vi.unstubAllEnvs());

const PROFILES = `
[profile emulator]
region = eu-west-1
endpoint_url = {endpoint}
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret

[profile sections]
region = eu-west-1
services = local
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret

[services local]
sqs =
  endpoint_url = {endpoint}

[profile no-region]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret

[profile signed-out]
region = eu-west-1
sso_session = company
sso_account_id = 123456789012
sso_role_name = reader

[sso-session company]
sso_region = eu-west-1
sso_start_url = https://company.invalid/start
`;

/** Profiles in a file of their own: the SDK reads a file once. */
async function useProfile(name: string): Promise<void> {
  const path = join(folder, `config-${name}`);
  await writeFile(path, PROFILES.replaceAll("{endpoint}", witness.endpoint));
  stubAwsSettings({ AWS_CONFIG_FILE: path, AWS_PROFILE: name, HOME: folder });
}

// The SDK says it once in a process.
test("a profile beside keys: one warning of ours, and nothing on the console", async () => {
  await useProfile("emulator");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  const onConsole = vi.spyOn(console, "warn");
  const warnings: string[] = [];
  expect(await visible({ onWarning: (message) => warnings.push(message) })).toBe(1);
  expect(warnings).toEqual([
    "both AWS_PROFILE and AWS_ACCESS_KEY_ID are set: the profile is used; unset the other",
  ]);
  expect(onConsole).not.toHaveBeenCalled();
});

describe.each(QUEUE_CLIENTS)("what the SDK reads is enough ($way)", (client) => {
  async function expectReceivedBy(
    accessKeyId: string,
    options: Partial<OpenQueueOptions> = {},
  ): Promise<void> {
    const queue = await client.open({ queue: "login-queue", maxSockets: 2, ...options });
    const page = await queue.receive({ maxMessages: 1, waitSeconds: 1, visibilitySeconds: 0 });
    queue.close();
    expect(page).toHaveLength(1);
    const { way } = client;
    expect(witness.requests.at(-1)).toMatchObject({ action: "ReceiveMessage", way, accessKeyId });
  }

  test.each(["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"])("%s", async (name) => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", undefined);
    vi.stubEnv(name, witness.endpoint);
    await expectReceivedBy("test");
  });

  test.each(["emulator", "sections"])("a profile with region, endpoint and keys (%s)", async (name) => {
    await useProfile(name);
    await expectReceivedBy("AKIDEXAMPLE");
  });

  test("no region is needed with an ARN", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    await expectReceivedBy("test", { queue: "arn:aws:sqs:eu-west-1:000000000000:login-queue" });
  });
});

describe("what is missing is said", () => {
  test("no region", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    expect(await refusalOf()).toEqual({
      name: "UsageError",
      code: "no_region",
      message: "no AWS region is set: set AWS_REGION, such as AWS_REGION=eu-west-1, or give the queue's ARN",
    });
  });

  test("no region in the profile", async () => {
    await useProfile("no-region");
    expect(await refusalOf()).toMatchObject({
      code: "no_region",
      message: expect.stringContaining('the profile "no-region" has none or was not found'),
    });
  });

  test("a region that is none", async () => {
    vi.stubEnv("AWS_REGION", "eu west 1");
    expect(await refusalOf()).toMatchObject({ name: "UsageError", code: "region_malformed" });
  });

  test("no credentials", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    expect(await refusalOf()).toEqual({
      name: "UsageError",
      code: "no_credentials",
      message:
        "no AWS credentials were found: give them with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, `aws sso login`, or a role",
    });
  });

  test("a profile that does not exist", async () => {
    await useProfile("ghost");
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await refusalOf()).toMatchObject({
      name: "UsageError",
      code: "no_credentials",
      message: expect.stringContaining('the AWS profile "ghost" was not found or gives no credentials'),
    });
  });

  test("an SSO session that has ended", async () => {
    await useProfile("signed-out");
    expect(await refusalOf()).toMatchObject({
      name: "QueueError",
      code: "credentials_expired",
      message: expect.stringContaining("`aws sso login --profile signed-out`"),
    });
  });

  test.each(["localhost:4566", "not a url", "ftp://localhost"])("an endpoint of %j", async (endpoint) => {
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", endpoint);
    expect(await refusalOf()).toMatchObject({
      name: "UsageError",
      code: "endpoint_malformed",
      message: expect.stringContaining("looks like http://localhost:4566"),
    });
  });

  test("settings that the SDK does not take", async () => {
    vi.stubEnv("AWS_DEFAULTS_MODE", "as-you-like");
    expect(await refusalOf()).toMatchObject({ name: "UsageError", code: "aws_settings_invalid" });
  });

  test("a queue that is none, before anything is asked for", async () => {
    expect(await refusalOf({ queue: "login queue" })).toMatchObject({ code: "queue_malformed" });
  });
});

async function visible(options: Partial<OpenQueueOptions> = {}): Promise<number> {
  const queue = await openQueue({ queue: "login-queue", maxSockets: 2, ...options });
  try {
    return (await queue.attributes()).visible;
  } finally {
    queue.close();
  }
}

async function refusalOf(options: Partial<OpenQueueOptions> = {}): Promise<object> {
  try {
    return { visible: await visible(options) };
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return { name, code, message };
  }
}
