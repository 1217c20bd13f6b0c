import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseKey, parseKeys } from "../../src/masking/index.js";
import { KEY } from "../support/bench.js";
import { type CliResult, runCli } from "../support/cli.js";

/** Nobody listens there: what is wrong with a key is said before anything is connected to. */
const nowhere = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" };
/** Of the same bytes, so that one search finds either. */
const PRIVATE = KEY.replace("sqs2pg-key-1:", "sqs2pg-private-1:");
const SECRET = KEY.replace("sqs2pg-key-1:", "");

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keys-"));
  for (const [name, text, mode] of [
    ["open", `${KEY}\n`, 0o644],
    ["group", `${KEY}\n`, 0o640],
    ["short", `${KEY.slice(0, -5)}\n`, 0o600],
    ["empty", "\n", 0o600],
    ["two", `${KEY}\n${KEY}\n`, 0o600],
    ["long", "x".repeat(70_000), 0o600],
    ["unreadable", `${KEY}\n`, 0o000],
  ] as const) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first line is the only one, names what is wrong, and no part of the key is anywhere. */
function expectRefusal({ exitCode, stdout, stderr }: CliResult, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^sqs2pg: .*\n$/);
  expect(stdout + stderr).not.toContain(SECRET.slice(0, 12));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
}

describe.concurrent("a masking key that cannot be used", () => {
  test.each<[what: string, key: string | undefined, says: RegExp]>([
    ["missing", undefined, /needs a key: make one with `sqs2pg keygen` .*SQS2PG_MASK_KEY.* --mask sha256/],
    ["empty", "", /SQS2PG_MASK_KEY is empty: set it to a key, or unset it/],
    [
      "malformed",
      SECRET,
      /SQS2PG_MASK_KEY: the masking key does not start as one: expected one line, sqs2pg-key-1: and .*keygen/,
    ],
    ["in plain base64", `sqs2pg-key-1:${SECRET.slice(0, 41)}+/`, /a character that is not base64url/],
    ["too short", KEY.slice(0, -1), /the masking key is too short, maybe cut off: expected one line/],
    ["too long", `${KEY}A`, /the masking key is too long: expected one line/],
    ["ending in a wrong character", `${KEY.slice(0, -1)}9`, /the masking key ends in a wrong character/],
    ["a private key that is cut off", PRIVATE.slice(0, -1), /the private key is too short, maybe cut off/],
    [
      "one bad line of several",
      `# keys\n${KEY}\n${PRIVATE}A\n`,
      /SQS2PG_MASK_KEY: line 3: the private key is too long: expected one line, sqs2pg-private-1: and /,
    ],
    [
      "a private key in place of a masking key",
      PRIVATE,
      /the mask of column masked_ip needs a key: make one/,
    ],
    ["the same twice", `${KEY}\n${KEY}`, /SQS2PG_MASK_KEY: line 2: the key [0-9a-f]{8} is there before/],
  ])("in the environment: %s", async (_what, key, says) => {
    const env = { ...nowhere, ...(key === undefined ? {} : { SQS2PG_MASK_KEY: key }) };
    expectRefusal(await runCli(["drain"], { env }), says);
  });

  test.each<[file: string, says: RegExp]>([
    ["open", /the key file .* is open to other users of this machine: run chmod 600 on it/],
    ["group", /is open to other users of this machine/],
    ["short", /the masking key is too short/],
    ["empty", /there is no masking key/],
    ["two", /line 2: the key [0-9a-f]{8} is there before: remove one of the two/],
    ["long", /is too large to hold keys: it is a line for each/],
    ["missing", /the key file .* does not exist/],
    [".", /is no regular file|is open to other users/],
  ])("in a file: %s", async (file, says) => {
    const path = join(folder, file);
    expectRefusal(await runCli(["drain", "--key", `file:${path}`], { env: nowhere }), says);
  });

  test.skipIf(process.getuid?.() === 0)("in a file that may not be read", async () => {
    const path = join(folder, "unreadable");
    expectRefusal(
      await runCli(["drain", "--key", `file:${path}`], { env: nowhere }),
      /may not be read by this user/,
    );
  });

  test.each<[flag: string, says: RegExp]>([
    [
      KEY,
      /--key takes env:NAME, file:PATH, cmd:COMMAND or aws-kms:PATH: a key on the command line is visible to every user/,
    ],
    [SECRET, /--key takes env:NAME, file:PATH/],
    [`env:${KEY}`, /--key env:NAME needs the name of an environment variable/],
    [`file:${KEY}`, /--key file:PATH needs the path of a file that holds the key/],
    ["env:NOT_SET", /the environment variable NOT_SET is not set/],
    [`cmd:echo ${KEY}`, /--key cmd:COMMAND needs a command that prints the keys/],
    [`aws-kms:${KEY}`, /--key aws-kms:PATH needs the path of a file that holds the key/],
    [PRIVATE, /--key takes env:NAME, file:PATH/],
    [`file:${PRIVATE}`, /--key file:PATH needs the path of a file that holds the key/],
    [`cmd:echo ${PRIVATE}`, /--key cmd:COMMAND needs a command that prints the keys/],
  ])("as the flag %s", async (flag, says) => {
    expectRefusal(await runCli(["drain", "--key", flag], { env: nowhere }), says);
    expectRefusal(await runCli(["drain", `--key=${flag}`], { env: nowhere }), says);
  });

  test("is not looked at where none is needed: peek --raw, migrate", async () => {
    const env = { ...nowhere, SQS2PG_MASK_KEY: "nonsense", AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" };
    const [peek, migrate] = await Promise.all([
      runCli(["peek", "--raw"], { env }),
      runCli(["migrate"], { env }),
    ]);
    expect(peek.stderr).toContain("no AWS region is set");
    expect(migrate.stderr).toContain("refused the connection");
  });
});

describe.concurrent("keygen", () => {
  test("prints one line that is a valid key, and never the same", async () => {
    const results = await Promise.all([runCli(["keygen"]), runCli(["keygen"])]);
    for (const { exitCode, stdout, stderr } of results) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toMatch(/^sqs2pg-key-1:[A-Za-z0-9_-]{43}\n$/);
      expect(parseKey(stdout).id).toMatch(/^[0-9a-f]{8}$/);
    }
    expect(results[0]?.stdout).not.toBe(results[1]?.stdout);
  });

  test("makes a pair, whose halves belong together", async () => {
    const [text, json] = await Promise.all([
      runCli(["keygen", "--pair"]),
      runCli(["keygen", "--pair", "--json"]),
    ]);
    expect(text.stdout).toMatch(/^# .*\nsqs2pg-private-1:.{43}\n# .*\nsqs2pg-public-1:.{43}\n$/);
    const { publicKeys, privateKeys } = parseKeys(text.stdout);
    expect(publicKeys.map(({ id }) => id)).toEqual(privateKeys.map(({ id }) => id));
    const document = JSON.parse(json.stdout);
    expect(Object.keys(document)).toEqual(["private_key", "public_key", "id"]);
    expect(parseKeys(document.private_key).publicKeys[0]?.id).toBe(document.id);
  });

  test("says which half of a pair is which", async () => {
    const { stdout, stderr } = await runCli(["keygen", "--pair"]);
    const [privateIs, privateKey, publicIs, publicKey] = stdout.split("\n");
    expect({ privateIs, publicIs, stderr }).toEqual({
      privateIs: "# private: keep it away from the machines that drain",
      publicIs: "# public: for the machine that drains",
      stderr: "",
    });
    expect(privateKey).toMatch(/^sqs2pg-private-1:/);
    expect(publicKey).toMatch(/^sqs2pg-public-1:/);
  });

  test("shows nothing of a key that was typed in the wrong place", async () => {
    for (const args of [
      ["keygen", "--kms", KEY],
      ["keygen", "--kms", SECRET],
      ["keygen", `--kms=${PRIVATE}`],
      ["keygen", "--pair", PRIVATE],
      ["keygen", `--pair=${PRIVATE}`],
      ["keygen", PRIVATE],
      [PRIVATE],
      ["drain", `--kye=${PRIVATE}`],
      ["drain", "--mask", PRIVATE],
      ["drain", "--config", PRIVATE],
    ]) {
      const { exitCode, stdout, stderr } = await runCli([...args, "--json", "--log-level", "debug"], {
        env: { ...nowhere, SQS2PG_MASK_KEY: KEY },
      });
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain(SECRET.slice(0, 12));
    }
  });

  test("makes one thing at a time", async () => {
    const { exitCode, stdout, stderr } = await runCli(["keygen", "--pair", "--kms", "alias/masking"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^sqs2pg: option '--kms <arn>' cannot be used with option '--pair': .*\n$/);
  });

  test("gives the key and its id as JSON", async () => {
    const { key, id } = JSON.parse((await runCli(["keygen", "--json"])).stdout);
    expect(parseKey(key).id).toBe(id);
  });

  test("makes a key that a private file can hold", async () => {
    const { stdout } = await runCli(["keygen"]);
    const path = join(folder, "good");
    await writeFile(path, stdout, { mode: 0o600 });
    const { stderr } = await runCli(["drain", "--key", `file:${path}`], { env: nowhere });
    expect(stderr).not.toContain("key");
  });
});
