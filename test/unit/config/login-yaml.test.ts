import { expect, test } from "vitest";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { LOGIN_YAML, SCHEMA_LINE } from "../../../src/config/login-yaml.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { readYaml } from "../../../src/config/read-yaml.js";
import { resolveSettings } from "../../../src/config/resolve.js";
import { generateKey } from "../../../src/masking/index.js";
import { directory } from "./support.js";

test("the built-in pipeline as a file is the built-in pipeline", () => {
  const file = readYaml(LOGIN_YAML, { source: "file", env: {} });
  expect(file.raw).toEqual(LOGIN_PIPELINE);
  expect(parsePipeline(file.raw, file)).toEqual(parsePipeline(LOGIN_PIPELINE, { source: "code" }));
});

test("saved, it changes nothing of what is set, nor of what is noticed", async () => {
  const saved = directory({ "sqs2pg.yaml": LOGIN_YAML });
  const env = { DATABASE_URL: "postgres://user@host/db", SQS2PG_MASK_KEY: generateKey() };
  for (const given of [{}, { queue: "other" }, { mask: "sha256" }]) {
    for (const more of [{}, { SQS2PG_QUEUE: "another" }]) {
      const options = { flags: given, env: { ...env, ...more } };
      const used = await resolveSettings({ ...options, cwd: saved });
      const unused = await resolveSettings({ ...options, cwd: directory() });
      // Which of the two it was is all that differs.
      expect(used.configSource).toBe("sqs2pg.yaml");
      expect({ ...used, configSource: unused.configSource }).toEqual(unused);
    }
  }
});

test("its first line is what an editor looks for", () => {
  expect(LOGIN_YAML.split("\n")[0]).toBe(SCHEMA_LINE);
  expect(SCHEMA_LINE).toMatch(/^# yaml-language-server: \$schema=\S+\/sqs2pg\/schema\.json$/);
});
