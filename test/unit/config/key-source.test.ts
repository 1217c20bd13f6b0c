import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readKeys } from "../../../src/config/key-source.js";
import { UsageError } from "../../../src/errors.js";
import { generateKey, generateKeyPair, NO_KEYS, parseKey } from "../../../src/masking/index.js";
import { directory, errorOf } from "./support.js";

const text = generateKey();
const { id } = parseKey(text);
const other = generateKey();

const idsFrom = async (options: Parameters<typeof readKeys>[0]): Promise<string[]> =>
  (await readKeys(options)).keys.map((key) => key.id);

test("no key is no error", async () => {
  expect(await readKeys({ env: {} })).toEqual(NO_KEYS);
});

test("--key goes before SQS2PG_MASK_KEY", async () => {
  const cwd = directory({ key: `${text}\n` });
  expect(await idsFrom({ env: { SQS2PG_MASK_KEY: text } })).toEqual([id]);
  expect(await idsFrom({ keyFlag: "env:MINE", env: { SQS2PG_MASK_KEY: other, MINE: text } })).toEqual([id]);
  expect(await idsFrom({ keyFlag: `file:${join(cwd, "key")}`, env: { SQS2PG_MASK_KEY: other } })).toEqual([
    id,
  ]);
});

test("a link to a private file is fine, as secret stores mount them", async () => {
  const cwd = directory({ key: text });
  symlinkSync(join(cwd, "key"), join(cwd, "link"));
  expect(await idsFrom({ keyFlag: `file:${join(cwd, "link")}`, env: {} })).toEqual([id]);
});

const secret = text.slice("sqs2pg-key-1:".length);

test.each([
  [text, "key_on_command_line"],
  [secret, "key_on_command_line"],
  ["", "key_on_command_line"],
  [`env:${text}`, "key_source_invalid"],
  [`env:x${"A".repeat(42)}`, "key_source_invalid"],
  ["env:", "key_source_invalid"],
  ["env:NOT_SET", "key_missing"],
  ["env:EMPTY", "key_empty"],
  ["env:SHORT", "key_too_short"],
  ["env:TWICE", "key_repeated"],
  ["env:FOREIGN", "key_malformed"],
  ["file:", "key_source_invalid"],
  [`file:${text}`, "key_source_invalid"],
  ["file:/nowhere/key", "key_unreadable"],
])("%#: --key that gives no key, without telling what it is", async (keyFlag, code) => {
  const env = { EMPTY: " ", SHORT: text.slice(0, -3), TWICE: `${text}\n${text}`, FOREIGN: secret };
  const error = await errorOf(() => readKeys({ keyFlag, env }));
  expect(error).toBeInstanceOf(UsageError);
  expect(error.code).toBe(code);
  expect(error.message).not.toContain(secret.slice(0, 12));
  expect(error.message).not.toContain("AAAA");
});

test("errors name the source", async () => {
  const messageFor = async (keyFlag?: string): Promise<string> =>
    (await errorOf(() => readKeys({ keyFlag, env: { SQS2PG_MASK_KEY: "", SHORT: text.slice(0, -3) } })))
      .message;
  expect(await messageFor()).toBe(
    "the environment variable SQS2PG_MASK_KEY is empty: set it to a key, or unset it",
  );
  expect(await messageFor("env:SHORT")).toMatch(/^SHORT: the masking key is too short/);
  expect(await messageFor("file:/nowhere/key")).toBe("the key file /nowhere/key does not exist");
});

test.each([0o644, 0o640, 0o604, 0o660, 0o602, 0o610])("a key file of mode %o is refused", async (mode) => {
  const path = join(directory({ key: text }), "key");
  chmodSync(path, mode);
  const error = await errorOf(() => readKeys({ keyFlag: `file:${path}`, env: {} }));
  expect(error.message).toBe(
    `the key file ${path} is open to other users of this machine: run chmod 600 on it`,
  );
});

test("a key file must be a file, of the size of a key", async () => {
  const cwd = directory({ large: `${text}\n`.repeat(1200), empty: "" });
  mkdirSync(join(cwd, "folder"), { mode: 0o700 });
  execFileSync("mkfifo", ["-m", "600", join(cwd, "pipe")]);
  const codeFor = async (name: string): Promise<string> =>
    (await errorOf(() => readKeys({ keyFlag: `file:${join(cwd, name)}`, env: {} }))).code;
  expect(await codeFor("folder")).toBe("key_unreadable");
  expect(await codeFor("pipe")).toBe("key_unreadable");
  expect(await codeFor("large")).toBe("key_malformed");
  expect(await codeFor("empty")).toBe("key_empty");
});

test("the first of several keys is primary, whatever stands around them", async () => {
  const cwd = directory({ keys: `# new\r\n${text}\r\n\r\n# until 2026\n  ${other}\n` });
  expect(await idsFrom({ keyFlag: `file:${join(cwd, "keys")}`, env: {} })).toEqual([id, parseKey(other).id]);
  expect(await idsFrom({ env: { SQS2PG_MASK_KEY: `${other}\n${text}` } })).toEqual([parseKey(other).id, id]);
});

test("a bad line is named by its number and never shown", async () => {
  const cwd = directory({ keys: `# keys\n${text}\n\nsqs2pg-key-1:geheimgeheim\n` });
  const error = await errorOf(() => readKeys({ keyFlag: `file:${join(cwd, "keys")}`, env: {} }));
  expect(error.message).toMatch(/\/keys: line 4: the masking key is too short/);
  expect(error.message).not.toContain("geheim");
});

test.each([
  ["SQS2PG_MASK_KEY", "sqs2pg-kms-1:c2hvcnQ", /^SQS2PG_MASK_KEY: the wrapped key is cut off or changed/],
  ["SQS2PG_MASK_KEY", `${text}\nsqs2pg-kms-1:+${secret}`, /^SQS2PG_MASK_KEY: line 2: the wrapped key is cut/],
])("%#: a wrapped line that cannot be one is not sent to KMS", async (name, value, says) => {
  const error = await errorOf(() => readKeys({ env: { [name]: value } }));
  expect(error).toMatchObject({ name: "UsageError", code: "key_malformed" });
  expect(error.message).toMatch(says);
  expect(error.message).not.toContain(secret.slice(0, 12));
});

test("a file for aws-kms: may be read by others, so there is no secret in it", async () => {
  const { privateKey, publicKey } = await generateKeyPair();
  const cwd = directory({ public: `# public\n${publicKey}\n`, empty: "# nothing\n" });
  const read = (name: string, line?: string) => {
    if (line !== undefined) writeFileSync(join(cwd, name), `# bare\n${line}\n`);
    chmodSync(join(cwd, name), 0o644);
    return readKeys({ keyFlag: `aws-kms:${join(cwd, name)}`, env: {} });
  };
  expect((await read("public")).publicKeys).toHaveLength(1);
  for (const [name, line] of [
    ["key", text],
    ["private", privateKey],
    ["bare", secret],
  ] as const) {
    const error = await errorOf(() => read(name, line));
    expect(error.message).toBe(
      `${join(cwd, name)}: line 2 is no wrapped key, as \`sqs2pg keygen --kms\` prints it: others may read this file, so give other keys by file:PATH`,
    );
  }
  expect((await errorOf(() => read("empty"))).code).toBe("key_empty");
  expect((await errorOf(() => readKeys({ keyFlag: "aws-kms:", env: {} }))).code).toBe("key_source_invalid");
  expect((await errorOf(() => readKeys({ keyFlag: "aws-kms:/nowhere/k", env: {} }))).code).toBe(
    "key_unreadable",
  );
});

describe("cmd:", () => {
  test("what the command prints are the keys", async () => {
    const cwd = directory({ keys: `${text}\n${other}\n` });
    const keyFlag = `cmd:cat '${join(cwd, "keys")}' | grep -v nothing`;
    expect(await idsFrom({ keyFlag, env: { SQS2PG_MASK_KEY: "bad" } })).toEqual([id, parseKey(other).id]);
  });

  test.each([
    ["", "key_source_invalid", "--key cmd:COMMAND needs a command that prints the keys"],
    [" ", "key_source_invalid", "--key cmd:COMMAND needs a command that prints the keys"],
    [`echo ${text}`, "key_source_invalid", "--key cmd:COMMAND needs a command that prints the keys"],
    ["true", "key_empty", "--key cmd: there is no masking key: expected"],
    ["echo geheim", "key_malformed", "--key cmd: the masking key does not start as one: expected"],
    ["exit 7; echo geheim", "key_command_failed", "--key cmd: exit ended with exit code 7"],
  ])("%j gives none", async (command, code, says) => {
    const error = await errorOf(() => readKeys({ keyFlag: `cmd:${command}`, env: {} }));
    expect(error).toMatchObject({ name: "UsageError", code, message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 9 })).not.toMatch(/geheim/);
  });
});

test("an interrupt ends the waiting for keys", async () => {
  const stop = new AbortController();
  const cwd = directory();
  execFileSync("mkfifo", ["-m", "600", join(cwd, "pipe")]);
  const reading = readKeys({ keyFlag: `cmd:read line < '${join(cwd, "pipe")}'`, env: {}, stop: stop.signal });
  stop.abort();
  expect((await errorOf(() => reading)).message).toBe(
    "interrupted while the keys were read: nothing was changed",
  );
});
