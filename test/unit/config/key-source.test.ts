import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readKey } from "../../../src/config/key-source.js";
import { UsageError } from "../../../src/errors.js";
import { generateKey, parseKey } from "../../../src/masking/index.js";
import { directory, errorOf } from "./support.js";

const text = generateKey();
const { id } = parseKey(text);
const other = generateKey();

test("no key is no error", () => {
  expect(readKey({ env: {} })).toBeUndefined();
});

test("--key goes before SQS2PG_MASK_KEY", () => {
  const cwd = directory({ key: `${text}\n` });
  expect(readKey({ env: { SQS2PG_MASK_KEY: text } })?.id).toBe(id);
  expect(readKey({ keyFlag: "env:MINE", env: { SQS2PG_MASK_KEY: other, MINE: text } })?.id).toBe(id);
  expect(readKey({ keyFlag: `file:${join(cwd, "key")}`, env: { SQS2PG_MASK_KEY: other } })?.id).toBe(id);
});

test("a link to a private file is fine, as secret stores mount them", () => {
  const cwd = directory({ key: text });
  symlinkSync(join(cwd, "key"), join(cwd, "link"));
  expect(readKey({ keyFlag: `file:${join(cwd, "link")}`, env: {} })?.id).toBe(id);
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
  ["env:TWO", "key_several"],
  ["env:FOREIGN", "key_malformed"],
  ["file:", "key_source_invalid"],
  [`file:${text}`, "key_source_invalid"],
  ["file:/nowhere/key", "key_unreadable"],
])("%#: --key that gives no key, without telling what it is", async (keyFlag, code) => {
  const env = { EMPTY: " ", SHORT: text.slice(0, -3), TWO: `${text}\n${other}`, FOREIGN: secret };
  const error = await errorOf(() => readKey({ keyFlag, env }));
  expect(error).toBeInstanceOf(UsageError);
  expect(error.code).toBe(code);
  expect(error.message).not.toContain(secret.slice(0, 12));
  expect(error.message).not.toContain("AAAA");
});

test("errors name the source", async () => {
  const messageFor = async (keyFlag?: string): Promise<string> =>
    (await errorOf(() => readKey({ keyFlag, env: { SQS2PG_MASK_KEY: "", SHORT: text.slice(0, -3) } })))
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
  const error = await errorOf(() => readKey({ keyFlag: `file:${path}`, env: {} }));
  expect(error.message).toBe(
    `the key file ${path} is open to other users of this machine: run chmod 600 on it`,
  );
});

test("a key file must be a file, of the size of a key", async () => {
  const cwd = directory({ large: `${text}\n`.repeat(1000), empty: "" });
  mkdirSync(join(cwd, "folder"), { mode: 0o700 });
  execFileSync("mkfifo", ["-m", "600", join(cwd, "pipe")]);
  const codeFor = async (name: string): Promise<string> =>
    (await errorOf(() => readKey({ keyFlag: `file:${join(cwd, name)}`, env: {} }))).code;
  expect(await codeFor("folder")).toBe("key_unreadable");
  expect(await codeFor("pipe")).toBe("key_unreadable");
  expect(await codeFor("large")).toBe("key_malformed");
  expect(await codeFor("empty")).toBe("key_empty");
});
