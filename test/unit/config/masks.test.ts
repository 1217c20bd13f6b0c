import { expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Column } from "../../../src/config/pipeline.js";
import { problemsOf } from "./support.js";

const withColumn = (column: unknown): unknown => ({ queue: "q", table: "t", columns: { c: column } });
const columnsOf = (raw: unknown): readonly Column[] => parsePipeline(raw, { source: "f" }).pipeline.columns;

test.each([
  ["text", "aes-siv", { strategy: "aes-siv", domain: "a" }],
  [
    "varchar(256)",
    { strategy: "aes-siv", key_id: "0a1b2c3d", max_bytes: 100, domain: "d" },
    { strategy: "aes-siv", domain: "d", keyId: "0a1b2c3d", maxBytes: 100 },
  ],
  ["varchar(25)", "token", { strategy: "token", domain: "a" }],
  [
    "inet",
    { strategy: "ip-prefix", on_invalid: "null" },
    { strategy: "ip-prefix", domain: "a", onInvalid: "null" },
  ],
  [
    "varchar(64)",
    { strategy: "ip-truncate", ipv4_prefix: 16, ipv6_prefix: 32, on_invalid: "hmac" },
    { strategy: "ip-truncate", domain: "a", ipv4Prefix: 16, ipv6Prefix: 32, onInvalid: "hmac" },
  ],
  ["inet", "null", { strategy: "null", domain: "a" }],
  [
    "varchar(11)",
    { strategy: "ff1", alphabet: "alphanumeric" },
    { strategy: "ff1", domain: "a", alphabet: "alphanumeric" },
  ],
])("a column of type %s with the mask %o", (type, mask, spec) => {
  expect(columnsOf(withColumn({ from: "a", type, mask }))[0]?.mask).toEqual(spec);
});

test("a companion is a column of its own, right behind, with the HMAC of the same domain", () => {
  const columns = columnsOf({
    queue: "q",
    table: "t",
    columns: {
      ip: {
        from: "ip",
        type: "text",
        required: true,
        mask: { strategy: "aes-gcm", companion: "ip_join" },
        domain: "addr",
      },
      last: { from: "b", type: "text" },
    },
  });
  expect(columns.map(({ name }) => name)).toEqual(["ip", "ip_join", "last"]);
  expect(columns[1]).toEqual({
    name: "ip_join",
    from: { kind: "record", path: ["ip"], text: "ip" },
    type: { name: "varchar", length: 64 },
    required: false,
    mask: { strategy: "hmac-sha256", domain: "addr" },
    companionOf: "ip",
  });
});

test("a companion has the key of its column, unless that is a key pair", () => {
  const maskOf = (strategy: string) =>
    columnsOf(
      withColumn({ from: "a", type: "text", mask: { strategy, companion: "j", key_id: "0a1b2c3d" } }),
    )[1]?.mask;
  expect(maskOf("aes-gcm")).toEqual({ strategy: "hmac-sha256", domain: "a", keyId: "0a1b2c3d" });
  expect(maskOf("sealed")).toEqual({ strategy: "hmac-sha256", domain: "a" });
});

test.each([
  [
    { from: "a", type: "varchar(118)", mask: "aes-siv" },
    ".mask: aes-siv gives up to 119 characters for values of up to 64 bytes (max_bytes), more than varchar(118) holds",
  ],
  [
    { from: "a", type: "varchar(100)", mask: { strategy: "sealed", max_bytes: 20 } },
    ".mask: sealed gives up to 119 characters for values of up to 20 bytes (max_bytes), more than varchar(100) holds",
  ],
  [
    { from: "a", type: "varchar(24)", mask: "token" },
    ".mask: token gives 25 characters, more than varchar(24) holds",
  ],
  [
    { from: "a", type: "varchar(38)", mask: "ip-prefix" },
    ".mask: ip-prefix gives 39 characters, more than varchar(38) holds",
  ],
  [
    { from: "a", type: "inet", mask: "hmac-sha256" },
    ".mask: hmac-sha256 makes text, and an inet column takes addresses: use an ip-* mask",
  ],
  [
    { from: "a", type: "inet", mask: { strategy: "ip-prefix", on_invalid: "hmac" } },
    ".mask: an HMAC is text, which an inet column does not take",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "hmac-sha256", max_bytes: 9 } },
    ".mask.max_bytes: is for the masks aes-siv, aes-gcm, sealed, token only",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-siv", on_invalid: "null" } },
    ".mask.on_invalid: is for the masks ip-truncate, ip-prefix only",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-siv", key_id: "0A1B2C3D" } },
    ".mask.key_id: must be a key's id, 8 hex digits",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "ff1", alphabet: "hex" } },
    '.mask.alphabet: there is no "hex"',
  ],
  [
    { from: "a", type: "text", mask: { strategy: "ip-truncate", ipv4_prefix: 33 } },
    ".mask.ipv4_prefix: must be 32 at the most",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-siv", max_bytes: 0 } },
    ".mask.max_bytes: must be 1 or more",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-siv", companion: "j" } },
    ".mask.companion: is for the masks aes-gcm, sealed only: the others need none",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-gcm", companion: "c" } },
    ".mask.companion: is the name of another column of the pipeline",
  ],
  [
    { from: "a", type: "text", mask: { strategy: "aes-gcm", companion: "" } },
    ".mask.companion: a name cannot be empty",
  ],
  [
    { from: "$sent_at", type: "inet" },
    ".type: $sent_at needs a column of type date, timestamp, timestamptz, not inet",
  ],
])("what is wrong with %o is said", async (column, problem) => {
  const [first] = await problemsOf(() => columnsOf(withColumn(column)));
  expect(first).toContain(`columns.c${problem}`);
});

test("two companions cannot have one name", async () => {
  const mask = { strategy: "aes-gcm", companion: "j" };
  const columns = { a: { from: "a", type: "text", mask }, b: { from: "b", type: "text", mask } };
  expect(await problemsOf(() => columnsOf({ queue: "q", table: "t", columns }))).toEqual([
    "columns.b.mask.companion: is the name of another column of the pipeline",
  ]);
});
