import { expect, test } from "vitest";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { withMask } from "../../../src/config/mask-override.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import type { PipelineConfig } from "../../../src/config/schema.js";

const login = parsePipeline(LOGIN_PIPELINE, { source: "login" }).pipeline;

function pipelineOf(columns: PipelineConfig["columns"]): Pipeline {
  return parsePipeline({ queue: "q", table: "t", columns }, { source: "test" }).pipeline;
}

test("it replaces the masks that are there, keeps their domains and adds none", () => {
  const masks = withMask(login, "sha256").columns.map(({ mask }) => mask);
  expect(masks).toEqual([
    undefined,
    undefined,
    { strategy: "sha256", domain: "ip" },
    { strategy: "sha256", domain: "device_id" },
    undefined,
    undefined,
    undefined,
  ]);
});

test("settings stay with the mask that they are for", () => {
  const mixed = pipelineOf({
    a: { from: "a", type: "text", mask: { strategy: "partial", keep_last: 2 } },
    b: { from: "b", type: "text", mask: { strategy: "redact", replacement: "-" } },
  });
  expect(withMask(mixed, "partial").columns.map(({ mask }) => mask)).toEqual([
    { strategy: "partial", domain: "a", keepLast: 2 },
    { strategy: "partial", domain: "b" },
  ]);
});

test("what cannot be done is said", () => {
  expect(() => withMask(login, "sha265")).toThrow('--mask: there is no "sha265"; did you mean sha256?');
  const bare = pipelineOf({ a: { from: "a", type: "text" } });
  expect(() => withMask(bare, "sha256")).toThrow("no column of this pipeline has one");
  const short = pipelineOf({ a: { from: "a", type: "varchar(9)", mask: "partial" } });
  expect(() => withMask(short, "sha256")).toThrow(
    "--mask: column a: sha256 gives 64 characters, more than varchar(9) holds",
  );
});

test("a key stays one that rows are told apart by", () => {
  const columns: PipelineConfig["columns"] = {
    a: { from: "a", type: "text", required: true, mask: "hmac-sha256" },
  };
  const { pipeline } = parsePipeline({ queue: "q", table: "t", key: "a", columns }, { source: "f" });
  expect(withMask(pipeline, "aes-siv").columns[0]?.mask?.strategy).toBe("aes-siv");
  for (const mask of ["redact", "null", "partial", "aes-gcm"]) {
    expect(() => withMask(pipeline, mask)).toThrow("--mask: key: a is ");
  }
});
