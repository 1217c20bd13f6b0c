import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadConfigFile } from "../../../src/config/load-file.js";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { directory, errorOf } from "./support.js";

test("the built-in pipeline as YAML is the built-in pipeline", async () => {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const file = await loadConfigFile({ path: "built-in.yaml", cwd });
  expect(parsePipeline(file?.raw, { source: "file" })).toEqual(
    parsePipeline(LOGIN_PIPELINE, { source: "code" }),
  );
});

test("the working directory is searched for each name", async () => {
  expect(await loadConfigFile({ cwd: directory() })).toBeUndefined();
  for (const name of ["sqs2pg.yaml", "sqs2pg.yml"]) {
    expect(await loadConfigFile({ cwd: directory({ [name]: "a: 1" }) })).toEqual({
      raw: { a: 1 },
      source: name,
    });
  }
  const json = '{\n\t"a": {\n\t\t"b": [1, "\\u00e9"]\n\t}\n}\n';
  expect(await loadConfigFile({ cwd: directory({ "sqs2pg.json": json }) })).toEqual({
    raw: { a: { b: [1, "é"] } },
    source: "sqs2pg.json",
  });
});

test("a path goes before the search, and is relative to the working directory", async () => {
  const cwd = directory({ "sqs2pg.yaml": "a: 1", "other.yaml": "b: 2" });
  expect(await loadConfigFile({ path: "other.yaml", cwd })).toEqual({ raw: { b: 2 }, source: "other.yaml" });
  const path = join(cwd, "other.yaml");
  expect(await loadConfigFile({ path, cwd: "/" })).toEqual({ raw: { b: 2 }, source: path });
});

test.each([
  ["a: 1\nb: [1\n", "config_invalid", /^c\.yaml:\d+:\d+: Flow sequence/],
  ["a: 1\na: 2\n", "config_invalid", /^c\.yaml:2:1: Map keys must be unique$/],
  ["a: !tag 1\n", "config_invalid", /^c\.yaml:1:4: Unresolved tag: !tag$/],
  ["a: 1\na: 2\na: 3\n", "config_invalid", /^c\.yaml:2:1: [a-zA-Z ]+; [a-zA-Z ]+ at line 3, column 1$/],
  ["a: *missing\n", "config_invalid", /^c\.yaml: an alias in it cannot be resolved/],
  ["# only a comment\n", "config_invalid", /^c\.yaml: the file is empty/],
  ["x".repeat(1_048_577), "config_too_large", /^the config file c\.yaml is larger than 1 MiB/],
])("%#: a file that is no YAML", async (text, code, message) => {
  const error = await errorOf(() => loadConfigFile({ path: "c.yaml", cwd: directory({ "c.yaml": text }) }));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("\n");
});

test("a file that cannot be read", async () => {
  const cwd = directory({ "sqs2pg.yaml": "", "sqs2pg.json": "" });
  mkdirSync(join(cwd, "folder"));
  const messageFor = async (path?: string): Promise<string> =>
    (await errorOf(() => loadConfigFile({ path, cwd }))).message;
  expect(await messageFor("missing.yaml")).toBe("the config file missing.yaml does not exist");
  expect(await messageFor("folder")).toBe("the config file folder is a directory, not a file");
  expect(await messageFor()).toBe("both sqs2pg.yaml and sqs2pg.json are here: choose one with --config");
});
