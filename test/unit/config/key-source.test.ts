import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readKeys } from "../../../src/config/key-source.js";
import { UsageError } from "../../../src/errors.js";
import { generateKey, NO_KEYS, parseKey } from "../../../src/masking/index.js";
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

describe("cmd:", () => {
  const from = (command: string) => readKeys({ keyFlag: `cmd:${command}`, env: {} });

  test("what the command prints are the keys", async () => {
    const cwd = directory({ keys: `${text}\n${other}\n` });
    expect((await from(`cat '${join(cwd, "keys")}' | grep -v nothing`)).keys).toHaveLength(2);
  });

  test.each([
    ["", "key_source_invalid", "needs a command that prints the keys"],
    [`echo ${text}`, "key_source_invalid", "needs a command that prints the keys"],
    ["/nowhere/op read geheim", "key_command_failed", "--key cmd: /nowhere/op was not found"],
    ["exit 7", "key_command_failed", "--key cmd: exit ended with exit code 7"],
    ["echo geheim >&2; kill -TERM $$", "key_command_failed", "was ended by SIGTERM"],
    ["yes geheim", "key_command_failed", "--key cmd: yes prints too much to be keys"],
    ["true", "key_empty", "--key cmd: there is no masking key"],
    ["echo geheim", "key_malformed", "--key cmd: the masking key does not start as one"],
    ["GEHEIM=x$1 false", "key_command_failed", "--key cmd: the command ended with exit code 1"],
  ])("%j gives none", async (command, code, says) => {
    const error = await errorOf(() => from(command));
    expect(error).toMatchObject({ kind: "usage", code, message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 5 })).not.toMatch(/geheim/i);
  });
});
