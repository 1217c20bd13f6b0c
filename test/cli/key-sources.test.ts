import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test as plainTest, type TestAPI } from "vitest";
import { generateKeyPair } from "../../src/masking/index.js";
import { KEY } from "../support/bench.js";
import { type CliResult, runCli, startCli } from "../support/cli.js";
import { type FakeKms, keyBytes, kmsRefusal, startKms } from "../support/kms.js";

/** Nobody listens there: a drain that has its keys says so. */
const nowhere = {
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing",
  AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "nobody",
  AWS_SECRET_ACCESS_KEY: "nothing",
};
/** The keys are read, and neither server is there: whichever is found out first. */
const HAS_KEYS =
  /^sqs2pg: (?:PostgreSQL at 127\.0\.0\.1:1\/nothing refused the connection|cannot reach SQS at 127\.0\.0\.1:1: the connection is refused)/m;
const SECRET = KEY.replace("sqs2pg-key-1:", "");

/** A KMS for each test, which may let it say what it likes. */
const test: TestAPI<{ kms: FakeKms }> = plainTest.extend<{ kms: FakeKms }>({
  kms: async ({ task: _task }, use) => {
    const kms = await startKms();
    await use(kms);
    await kms.stop();
  },
});

let folder: string;
const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  await writeFile(join(folder, name), text, { mode });
  return join(folder, name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "key-sources-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function expectDiscreet({ stdout, stderr }: CliResult): void {
  expect(stdout + stderr).not.toContain(SECRET.slice(0, 12));
  expect(stdout + stderr).not.toContain("the-text-of-the-server");
}

describe.concurrent("keys that a command prints", () => {
  const drain = (command: string, ...args: string[]) =>
    runCli(["drain", "--key", `cmd:${command}`, ...args], { env: { ...nowhere, SQS2PG_MASK_KEY: "bad" } });

  test("are taken, and what it says is seen", async () => {
    const path = await file("printed", `# ours\n${KEY}\n`);
    const result = await drain(`echo 'touch your token' >&2; cat '${path}'`, "--log-level", "debug");
    expect(result.stderr).toMatch(/^touch your token\n/);
    expect(result.stderr).toMatch(HAS_KEYS);
    expectDiscreet(result);
  });

  test.for([
    ["no-such-tool read secret-7734", /^sqs2pg: --key cmd: no-such-tool was not found\n$/m],
    ["exit 3; secret-7734", /^sqs2pg: --key cmd: exit ended with exit code 3\n$/m],
    ["kill -KILL $$; secret-7734", /^sqs2pg: --key cmd: kill was ended by SIGKILL\n$/m],
    ["true secret-7734", /^sqs2pg: --key cmd: there is no masking key: expected one line/m],
    ["echo secret-7734", /^sqs2pg: --key cmd: the masking key does not start as one: expected one line/m],
    ["TOKEN=secret-7734 false", /^sqs2pg: --key cmd: the command ended with exit code 1\n$/m],
  ] as const)("are none: %s", async ([command, says]) => {
    for (const args of [[], ["--json", "--log-level", "debug"]]) {
      const { exitCode, stdout, stderr } = await drain(command, ...args);
      expect(exitCode).toBe(2);
      if (args.length === 0) expect(stderr).toMatch(says);
      expect(stdout + stderr).not.toContain("7734");
    }
  });

  test("are not waited for after an interrupt", async () => {
    const running = startCli(["drain", "--key", "cmd:echo waiting >&2; exec sleep 600"], { env: nowhere });
    await running.untilStderr(/waiting/);
    running.signal("SIGINT");
    expect(await running.result).toMatchObject({
      exitCode: 130,
      stdout: "",
      stderr: "waiting\nsqs2pg: interrupted while the keys were read: nothing was changed\n",
    });
  });
});

describe.concurrent("keys that AWS KMS has wrapped", () => {
  test("are taken from every source", async ({ kms }) => {
    const line = kms.wrap(keyBytes(KEY));
    const open = await file("wrapped", `# made by sqs2pg keygen --kms\n${line}\n`, 0o644);
    const closed = await file("with-others", `${line}\nsqs2pg-key-1:${"B".repeat(42)}A\n`);
    const env = { ...nowhere, ...kms.environment, WRAPPED: line };
    for (const [args, more] of [
      [[], { SQS2PG_MASK_KEY: `${line}\n` }],
      [["--key", "env:WRAPPED"], {}],
      [["--key", `aws-kms:${open}`], {}],
      [["--key", `file:${closed}`], {}],
      [["--key", `cmd:cat '${open}'`], {}],
    ] as const) {
      const result = await runCli(["drain", "--log-level", "debug", ...args], { env: { ...env, ...more } });
      expect(result.stderr).toMatch(HAS_KEYS);
      expect(result.stderr).not.toMatch(/warning/i);
      expectDiscreet(result);
    }
    expect(kms.requests.map(({ action }) => action)).toEqual(Array(5).fill("Decrypt"));
  });

  test("are not unwrapped where no key is needed", async ({ kms }) => {
    const env = { ...nowhere, ...kms.environment, SQS2PG_MASK_KEY: kms.wrap(keyBytes(KEY)) };
    await runCli(["migrate"], { env });
    await runCli(["keygen"], { env });
    expect(kms.requests).toEqual([]);
  });

  test.for([
    ["AccessDeniedException", 1, /access to the KMS key is denied: allow kms:Decrypt on it/],
    ["InvalidCiphertextException", 2, /SQS2PG_MASK_KEY: KMS cannot unwrap the key/],
    ["KMSInternalException", 75, /cannot answer Decrypt now: try again later/],
  ] as const)("are refused with %s", async ([code, exitCode, says], { kms }) => {
    const env = { ...nowhere, ...kms.environment, SQS2PG_MASK_KEY: kms.wrap(keyBytes(KEY)) };
    kms.answerWith(kmsRefusal(code));
    for (const args of [[], ["--json", "--log-level", "debug"]]) {
      const result = await runCli(["drain", ...args], { env });
      expect(result.exitCode).toBe(exitCode);
      expect(result.stderr).toMatch(says);
      if (args.length === 0) expect(result.stderr).toMatch(/^sqs2pg: .*\n$/);
      expectDiscreet(result);
    }
  });

  test("cannot be had from a KMS that is not there", async ({ kms }) => {
    const env = { ...nowhere, ...kms.environment, SQS2PG_MASK_KEY: kms.wrap(keyBytes(KEY)) };
    const result = await runCli(["drain"], { env: { ...env, AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" } });
    expect(result).toMatchObject({ exitCode: 75, stdout: "" });
    expect(result.stderr).toMatch(/^sqs2pg: cannot reach KMS at 127.0.0.1:1: the connection is refused.*\n$/);
  });

  test("do not stand in an open file with bare ones", async ({ kms }) => {
    const path = await file("mixed", `${kms.wrap(keyBytes(KEY))}\n${KEY}\n`, 0o644);
    const env = { ...nowhere, ...kms.environment };
    const result = await runCli(["drain", "--key", `aws-kms:${path}`], { env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/mixed: line 2 is no wrapped key, .* give other keys by file:PATH\n$/);
    expectDiscreet(result);
    expect(kms.requests).toEqual([]);
  });

  test("are not waited for after an interrupt", async ({ kms }) => {
    const env = { ...nowhere, ...kms.environment, SQS2PG_MASK_KEY: kms.wrap(keyBytes(KEY)) };
    kms.answerWith("hang");
    for (const args of [["drain"], ["peek"], ["replay"], ["keygen", "--kms", "alias/masking"]]) {
      const asked = kms.requests.length;
      const running = startCli(args, { env });
      await running.until("KMS is asked", () => kms.requests.length > asked);
      running.signal("SIGTERM");
      const result = await running.result;
      expect(result).toMatchObject({ exitCode: 143, stdout: "" });
      expect(result.stderr).toMatch(/^sqs2pg: interrupted.*\n$/);
    }
  });
});

describe.concurrent("keygen --kms", () => {
  test("prints one line, of a key that never was here", async ({ kms }) => {
    const { exitCode, stdout, stderr } = await runCli(["keygen", "--kms", kms.keyArn], {
      env: kms.environment,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^sqs2pg-kms-1:[\w-]{80}\n$/);
    expect(kms.requests).toMatchObject([
      { action: "GenerateDataKeyWithoutPlaintext", input: { KeyId: kms.keyArn, KeySpec: "AES_256" } },
    ]);
    const used = await runCli(["drain"], {
      env: { ...nowhere, ...kms.environment, SQS2PG_MASK_KEY: stdout },
    });
    expect(used.stderr).toMatch(HAS_KEYS);
  });

  test("prints it as JSON with the ARN of the KMS key", async ({ kms }) => {
    const { AWS_REGION: _region, ...environment } = kms.environment;
    const byArn = await runCli(["keygen", "--json", "--kms", kms.keyArn], { env: environment });
    const byAlias = await runCli(["keygen", "--json", "--kms", "alias/masking"], { env: kms.environment });
    for (const { stdout } of [byArn, byAlias]) {
      expect(JSON.parse(stdout)).toEqual({
        wrapped_key: expect.stringMatching(/^sqs2pg-kms-1:/),
        kms_key: kms.keyArn,
      });
    }
  });

  test.for([
    [
      "alias/other",
      2,
      /^sqs2pg: there is no such KMS key in region eu-west-1: check the ARN and AWS_REGION\n$/,
    ],
    ["", 2, /^sqs2pg: --kms must be the ARN, the id or the alias \(alias\/\.\.\.\) of a KMS key\n$/],
    [SECRET, 2, /^sqs2pg: --kms must be the ARN, the id or the alias/],
  ] as const)("of %j makes none", async ([id, exitCode, says], { kms }) => {
    const result = await runCli(["keygen", "--kms", id], { env: kms.environment });
    expect(result).toMatchObject({ exitCode, stdout: "" });
    expect(result.stderr).toMatch(says);
  });
});

describe.concurrent("a pair", () => {
  test("is for the mask sealed, which needs the public half and takes no other", async () => {
    const { privateKey, publicKey } = await generateKeyPair();
    const drain = (SQS2PG_MASK_KEY: string) =>
      runCli(["drain", "--mask", "sealed"], { env: { ...nowhere, SQS2PG_MASK_KEY } });
    expect((await drain(KEY)).stderr).toMatch(
      /^sqs2pg: the mask of column masked_ip needs a public key: make a pair with `sqs2pg keygen --pair` and give this machine its public line by/,
    );
    expect((await drain(publicKey)).stderr).toMatch(HAS_KEYS);
    expect((await drain(privateKey)).stderr).toMatch(HAS_KEYS);
  });
});
