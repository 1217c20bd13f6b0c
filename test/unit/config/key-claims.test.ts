import { expect, test } from "vitest";
import { keyClaims } from "../../../src/config/key-claims.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Pipeline } from "../../../src/config/pipeline.js";
import type { ColumnConfig, MaskConfig } from "../../../src/config/schema.js";
import { createUnmask, generateKey, generateKeyPair, parseKeys } from "../../../src/masking/index.js";
import { keyIdOfRun, masksForRun } from "../../../src/masks-for-run.js";
import { errorOf } from "./support.js";

const pairs = [await generateKeyPair(), await generateKeyPair()];
const lines = [generateKey(), generateKey(), ...pairs.map(({ privateKey }) => privateKey)];
const keys = parseKeys(lines.join("\n"));
const [first = "", second = ""] = keys.keys.map(({ id }) => id);
const [firstPair = "", secondPair = ""] = keys.publicKeys.map(({ id }) => id);

function pipelineOf(masks: Readonly<Record<string, ColumnConfig["mask"]>>): Pipeline {
  const columns = Object.fromEntries(
    Object.entries(masks).map(([name, mask]) => [name, { from: name, type: "text", mask }]),
  );
  return parsePipeline({ queue: "q", table: "t", columns }, { source: "test" }).pipeline;
}

test("each masked column that uses a key, with the key that it uses", () => {
  const pipeline = pipelineOf({
    a: "hmac-sha256",
    b: { strategy: "aes-siv", key_id: second },
    c: "sealed",
    d: { strategy: "sealed", key_id: secondPair },
    e: { strategy: "ip-truncate", on_invalid: "hmac" },
    f: "ip-truncate",
    g: "sha256",
    h: undefined,
    i: { strategy: "aes-gcm", companion: "j", domain: "ip" },
  });
  expect(keyClaims([pipeline], keys)[0]?.claims).toEqual([
    { column: "a", strategy: "hmac-sha256", domain: "a", keyId: first },
    { column: "b", strategy: "aes-siv", domain: "b", keyId: second },
    { column: "c", strategy: "sealed", domain: "c", keyId: firstPair },
    { column: "d", strategy: "sealed", domain: "d", keyId: secondPair },
    { column: "e", strategy: "ip-truncate", domain: "e", keyId: first },
    { column: "i", strategy: "aes-gcm", domain: "ip", keyId: first },
    { column: "j", strategy: "hmac-sha256", domain: "ip", keyId: first },
  ]);
});

test("columns that would join have one key", async () => {
  const mask = (key_id: string): MaskConfig => ({ strategy: "aes-siv", domain: "ip", key_id });
  expect(keyClaims([pipelineOf({ a: mask(second), b: mask(second) })], keys)[0]?.claims).toHaveLength(2);
  const apart = [
    [pipelineOf({ a: mask(first), b: mask(second) })],
    [pipelineOf({ a: mask(first) }), pipelineOf({ b: mask(second) })],
  ];
  for (const pipelines of apart) {
    expect(await errorOf(() => keyClaims(pipelines, keys))).toMatchObject({
      kind: "usage",
      code: "key_conflict",
      message: expect.stringContaining("columns a and b have the mask aes-siv and the domain ip in common"),
    });
  }
});

test("a key that is wanted and not there is missed", async () => {
  const pipeline = pipelineOf({ a: { strategy: "hmac-sha256", key_id: "00000000" } });
  expect(await errorOf(() => keyClaims([pipeline], keys))).toMatchObject({ code: "key_not_held" });
});

test("a run seals for each public key that its columns name, and anew each time", async () => {
  const pipeline = pipelineOf({
    a: "sealed",
    b: { strategy: "sealed", key_id: secondPair },
    c: "hmac-sha256",
  });
  const [a, b] = pipeline.columns.flatMap(({ mask }) => mask ?? []);
  if (a === undefined || b === undefined) return expect.fail("no masks");
  const values = await Promise.all(
    [1, 2].map(async () => {
      const maskFor = await masksForRun([pipeline], parseKeys(lines.join("\n")));
      return [maskFor(a)("x"), maskFor(b)("x")].map(String);
    }),
  );
  for (const [one = "", other = ""] of values) {
    expect([one.split(".")[1], other.split(".")[1]]).toEqual([firstPair, secondPair]);
    expect([await createUnmask(a, keys)(one), await createUnmask(b, keys)(other)]).toEqual(["x", "x"]);
  }
  const secrets = values
    .flat()
    .map((value) => Buffer.from(value.split(".")[2] ?? "", "base64url").toString("hex", 0, 32));
  expect(new Set(secrets).size).toBe(4);
});

test("a run is known by its first masking key, or else by what it seals for", () => {
  expect(keyIdOfRun(keys)).toBe(first);
  expect(keyIdOfRun(parseKeys(pairs.map(({ publicKey }) => publicKey).join("\n")))).toBe(firstPair);
  expect(keyIdOfRun({ keys: [], publicKeys: [], privateKeys: [] })).toBeNull();
});
