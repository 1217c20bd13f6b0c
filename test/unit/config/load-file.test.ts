import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ConfigSource } from "../../../src/config/config-source.js";
import { loadConfigFile } from "../../../src/config/load-file.js";
import { directory, errorOf } from "./support.js";

const load = (options: { path?: string; cwd: string }): Promise<ConfigSource | undefined> =>
  loadConfigFile({ env: {}, ...options });
/** A file as it was read, without where things stand in it. */
const rawOf = async (options: { path?: string; cwd: string }): Promise<unknown> => {
  const { raw, source } = (await load(options)) ?? {};
  return { raw, source };
};

test("the working directory is searched for each name", async () => {
  expect(await load({ cwd: directory() })).toBeUndefined();
  for (const name of ["sqs2pg.yaml", "sqs2pg.yml"]) {
    expect(await rawOf({ cwd: directory({ [name]: "a: 1" }) })).toEqual({ raw: { a: 1 }, source: name });
  }
  const json = '{\n\t"a": {\n\t\t"b": [1, "\\u00e9"]\n\t}\n}\n';
  expect(await rawOf({ cwd: directory({ "sqs2pg.json": json }) })).toEqual({
    raw: { a: { b: [1, "é"] } },
    source: "sqs2pg.json",
  });
});

test("a path goes before the search, and is relative to the working directory", async () => {
  const cwd = directory({ "sqs2pg.yaml": "a: 1", "other.yaml": "b: 2" });
  expect(await rawOf({ path: "other.yaml", cwd })).toEqual({ raw: { b: 2 }, source: "other.yaml" });
  const path = join(cwd, "other.yaml");
  expect(await rawOf({ path, cwd: "/" })).toEqual({ raw: { b: 2 }, source: path });
});

test.each([
  ["a: 1\nb: [1\n", "config_invalid", /^c\.yaml:\d+:\d+: Flow sequence/],
  ["a: !tag 1\n", "config_invalid", /^c\.yaml:1:4: Unresolved tag: !tag$/],
  ["a: @\nb: @\n", "config_invalid", /^c\.yaml:1:4: Plain value [^;:]+; c\.yaml:2:4: Plain value [^;:]+$/],
  [
    "a: { b: ${X} }\n",
    "config_invalid",
    /^c\.yaml:1:9: inside \{ \} and \[ \], write "\$\{\.\.\.\}" in quotes$/,
  ],
  ["a: [${X}]\n", "config_invalid", /^c\.yaml:1:5: inside \{ \} and \[ \], write/],
  ["a: 1\nb: *missing\n", "config_invalid", /^c\.yaml:2:4: an alias has no anchor before it$/],
  ["a: &x { b: *x }\n", "config_invalid", /^c\.yaml:1:12: an alias stands within its own anchor$/],
  ["a: 1\n? [b, c]\n: 2\n", "config_invalid", /^c\.yaml:2:3: a key has to be a plain text$/],
  ["# only a comment\n", "config_invalid", /^c\.yaml: the file is empty/],
  ["x".repeat(1_048_577), "config_too_large", /^the config file c\.yaml is larger than 1 MiB/],
])("%#: a file that is no YAML", async (text, code, message) => {
  const error = await errorOf(() => load({ path: "c.yaml", cwd: directory({ "c.yaml": text }) }));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("\n");
});

test("a file that cannot be read", async () => {
  const cwd = directory({ "sqs2pg.yaml": "", "sqs2pg.json": "" });
  mkdirSync(join(cwd, "folder"));
  const messageFor = async (path?: string): Promise<string> =>
    (await errorOf(() => load({ cwd, ...(path === undefined ? {} : { path }) }))).message;
  expect(await messageFor("missing.yaml")).toBe("the config file missing.yaml does not exist");
  expect(await messageFor("missing.ts")).toBe("the config file missing.ts does not exist");
  expect(await messageFor("folder")).toBe("the config file folder is a directory, not a file");
  expect(await messageFor()).toBe("both sqs2pg.yaml and sqs2pg.json are here: choose one with --config");
});
