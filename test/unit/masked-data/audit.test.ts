import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Settings } from "../../../src/config/resolve.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import { type AuditOptions, audit } from "../../../src/masked-data/audit.js";
import type { ValueKind } from "../../../src/masked-data/audit-kinds.js";
import type { AuditedColumn, AuditReport } from "../../../src/masked-data/audit-report.js";
import {
  generateKey,
  generateKeyPair,
  MASK_NAMES,
  type MaskName,
  NO_KEYS,
  parseKey,
  parseKeys,
} from "../../../src/masking/index.js";

const KEY = "sqs2pg-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

type Columns = Readonly<Record<string, ColumnConfig>>;

function settingsOf(columns: Columns, keyText?: string): Settings {
  const config = { queue: "q", table: "shop.orders", columns };
  const parsed = parsePipeline(config, { source: "the test" });
  return {
    ...parsed,
    pipelines: [parsed.pipeline],
    configSource: "the test",
    database: undefined,
    keys: keyText === undefined ? NO_KEYS : parseKeys(keyText),
    notices: [],
  };
}

/** A core that masks a batch of 1,024 in 20 ms: 51,200 a second. */
function evenStopwatch(): () => number {
  let now = 0;
  return () => {
    now += 20;
    return now;
  };
}

function auditOf(columns: Columns, keyText?: string, options: AuditOptions = {}): Promise<AuditReport> {
  return audit(settingsOf(columns, keyText), { stopwatch: evenStopwatch(), cores: 8, ...options });
}

async function auditedColumn(column: ColumnConfig, keyText = KEY): Promise<AuditedColumn> {
  const [audited] = (await auditOf({ it: column }, keyText)).columns;
  if (audited === undefined) throw new Error("there is no masked column");
  return audited;
}

const text = (from: string, mask: NonNullable<ColumnConfig["mask"]>): ColumnConfig => ({
  from,
  type: "text",
  mask,
});

describe("who gets at the values", () => {
  type Facts = Pick<AuditedColumn, "verdict" | "reversible_by" | "guessable_by" | "joinable" | "shows">;
  const facts: Readonly<Record<MaskName, Facts>> = {
    "hmac-sha256": {
      ...{ verdict: "ok", reversible_by: "nobody", guessable_by: "key_holder", joinable: true },
      shows: ["equality"],
    },
    sha256: {
      ...{ verdict: "guessable", reversible_by: "nobody", guessable_by: "anyone", joinable: true },
      shows: ["equality"],
    },
    redact: { verdict: "ok", reversible_by: "nobody", guessable_by: null, joinable: false, shows: [] },
    partial: {
      ...{ verdict: "narrowed", reversible_by: "nobody", guessable_by: null, joinable: false },
      shows: ["ending", "length"],
    },
    null: { verdict: "ok", reversible_by: "nobody", guessable_by: null, joinable: false, shows: [] },
    "aes-siv": {
      ...{ verdict: "ok", reversible_by: "key_holder", guessable_by: null, joinable: true },
      shows: ["equality", "length"],
    },
    "aes-gcm": {
      ...{ verdict: "ok", reversible_by: "key_holder", guessable_by: null, joinable: false },
      shows: ["length"],
    },
    sealed: {
      ...{ verdict: "ok", reversible_by: "private_key_holder", guessable_by: null, joinable: false },
      shows: ["length", "rows_of_a_run"],
    },
    token: {
      ...{ verdict: "ok", reversible_by: "key_holder_with_vault", guessable_by: null, joinable: true },
      shows: ["equality"],
    },
    "ip-truncate": {
      ...{ verdict: "narrowed", reversible_by: "nobody", guessable_by: null, joinable: false },
      shows: ["network"],
    },
    "ip-prefix": {
      ...{ verdict: "ok", reversible_by: "key_holder", guessable_by: null, joinable: true },
      shows: ["equality", "common_networks"],
    },
    ff1: {
      ...{ verdict: "ok", reversible_by: "key_holder", guessable_by: "key_holder", joinable: true },
      shows: ["equality", "format"],
    },
  };

  test.each(MASK_NAMES)("%s", async (strategy) => {
    expect(await auditedColumn(text("ip", strategy))).toMatchObject({
      ...{ column: "it", from: "ip", strategy, domain: "ip", companion_of: null, stored: null },
      ...facts[strategy],
    });
  });

  test.each<[what: string, mask: NonNullable<ColumnConfig["mask"]>, expected: Partial<AuditedColumn>]>([
    [
      "a network",
      { strategy: "ip-truncate", ipv4_prefix: 16 },
      { verdict: "narrowed", kept: { ipv4_bits: 16, ipv6_bits: 48 } },
    ],
    [
      "the whole of IPv4",
      { strategy: "ip-truncate", ipv4_prefix: 32 },
      { verdict: "guessable", guessable_by: "anyone" },
    ],
    [
      "the whole of IPv6",
      { strategy: "ip-truncate", ipv6_prefix: 128 },
      { verdict: "guessable", guessable_by: "anyone" },
    ],
    [
      "an ending",
      { strategy: "partial", keep_last: 2 },
      { verdict: "narrowed", kept: { last_characters: 2 } },
    ],
    ["a length", { strategy: "partial", keep_last: 0 }, { verdict: "ok", kept: { last_characters: 0 } }],
  ])("a mask that keeps %s", async (_what, mask, expected) => {
    expect(await auditedColumn(text("ip", mask))).toMatchObject(expected);
  });

  test("columns at risk are named, and only those", async () => {
    const report = await auditOf({
      raw_hash: text("ip", "sha256"),
      keyed: text("ip", "hmac-sha256"),
      short: text("card_number", "partial"),
      net: text("ip", { strategy: "ip-truncate", ipv4_prefix: 32 }),
    });
    expect(report).toMatchObject({
      ...{ table: "shop.orders", database: null, rows: null, is_sample: false, cores: 8 },
      at_risk: ["raw_hash", "net"],
    });
  });

  test("a companion stands for the column that it belongs to", async () => {
    const report = await auditOf({ enc: text("email", { strategy: "aes-gcm", companion: "enc_hmac" }) }, KEY);
    expect(report.columns).toMatchObject([
      { column: "enc", joinable: false, joined_by: "enc_hmac", companion_of: null },
      { column: "enc_hmac", joinable: true, joined_by: null, companion_of: "enc", strategy: "hmac-sha256" },
    ]);
  });
});

describe("candidates", () => {
  const kindsOf = async (from: string, mask: MaskName = "sha256", given?: ValueKind): Promise<unknown[]> => {
    const kinds = new Map(given === undefined ? [] : [["it", given] as const]);
    const [column] = (await auditOf({ it: text(from, mask) }, KEY, { kinds })).columns;
    return column?.candidates.map(({ kind, is_example: isExample }) => (isExample ? `${kind}?` : kind)) ?? [];
  };

  test("are those of the field's name", async () => {
    expect(await kindsOf("client.ip")).toEqual(["ipv4"]);
    expect(await kindsOf("device_id", "hmac-sha256")).toEqual(["nine-digits"]);
    expect(await kindsOf("customer.email")).toEqual(["email"]);
  });

  test("are those of the column's name where the field's says nothing", async () => {
    const { columns } = await auditOf({ phone_hash: text("c17", "sha256") });
    expect(columns[0]?.candidates.map(({ kind }) => kind)).toEqual(["phone"]);
  });

  test("are examples where neither says anything countable", async () => {
    expect(await kindsOf("c17")).toEqual(["ipv4?", "nine-digits?"]);
    expect(await kindsOf("passport")).toEqual(["ipv4?", "nine-digits?"]);
  });

  test("are what was said", async () => {
    expect(await kindsOf("ip", "sha256", "imei")).toEqual(["imei"]);
    expect(await kindsOf("c17", "hmac-sha256", "birth-date")).toEqual(["birth-date"]);
  });

  test("have their number, a measured rate, and a time", async () => {
    const { candidates } = await auditedColumn(text("ip", "sha256"));
    expect(candidates).toEqual([
      { kind: "ipv4", count: 4_294_967_296, per_second: 51_200, seconds: 83_900, is_example: false },
    ]);
  });

  test("that are on lists have none of these", async () => {
    const { candidates } = await auditedColumn(text("email", "sha256"));
    expect(candidates).toEqual([
      { kind: "email", count: null, per_second: null, seconds: null, is_example: false },
    ]);
  });

  test("of a network are counted, with nothing to try them with", async () => {
    const { candidates } = await auditedColumn(text("c17", { strategy: "ip-truncate", ipv4_prefix: 20 }));
    expect(candidates).toEqual([
      { kind: "ipv4-network", count: 4_096, per_second: null, seconds: null, is_example: false },
    ]);
  });

  test("are measured once for a mask and a kind", async () => {
    let readings = 0;
    const even = evenStopwatch();
    const stopwatch = (): number => {
      readings += 1;
      return even();
    };
    const count = async (columns: Columns): Promise<number> => {
      readings = 0;
      await auditOf(columns, KEY, { stopwatch });
      return readings;
    };
    const one = await count({ a: text("ip", "sha256") });
    expect(one).toBeGreaterThan(0);
    expect(await count({ a: text("ip", "sha256"), b: text("client.ip", "sha256") })).toBe(one);
    expect(await count({ a: text("ip", "sha256"), b: text("ip", "hmac-sha256") })).toBe(2 * one);
    expect(await count({ a: text("ip", "aes-siv"), b: text("ip", "ff1") })).toBe(0);
  });

  test.each(["hmac-sha256", "sha256"] as const)("of %s are tried on this machine", async (strategy) => {
    const { columns, cores } = await audit(settingsOf({ it: text("ip", strategy) }));
    expect(cores).toBe(availableParallelism());
    expect(columns[0]?.candidates[0]?.per_second).toBeGreaterThan(0);
  });

  test.each(["nothing", "constructor", "open"])("cannot be said of %s, which has no mask", async (column) => {
    const columns = { it: text("ip", "sha256"), open: { from: "open", type: "text" } };
    const auditing = auditOf(columns, KEY, { kinds: new Map([[column, "ipv4"]]) });
    await expect(auditing).rejects.toMatchObject({
      ...{ kind: "usage", code: "column_unknown" },
      message: `the kind of "${column}" was told, which is no masked column of this pipeline; it can be it`,
    });
  });

  test("of a column that is called as an object's own property", async () => {
    const { columns } = await auditOf({ constructor: text("ip", "sha256") });
    expect(columns[0]?.candidates[0]?.kind).toBe("ipv4");
  });
});

describe("keys without a database", () => {
  const { id } = parseKey(KEY);

  test.each<[MaskName]>([["hmac-sha256"], ["aes-siv"], ["aes-gcm"], ["token"], ["ip-prefix"], ["ff1"]])(
    "of %s are the one that would be used",
    async (strategy) => {
      const { keys } = await auditedColumn(text("ip", strategy), `${KEY}\n${generateKey()}`);
      expect(keys).toEqual([
        { key_id: id, held: true, is_current: true, values: null, first_used_at: null, last_used_at: null },
      ]);
    },
  );

  test.each<[MaskName]>([["sha256"], ["redact"], ["partial"], ["null"], ["ip-truncate"]])(
    "of %s there are none",
    async (strategy) => {
      expect((await auditedColumn(text("ip", strategy))).keys).toEqual([]);
    },
  );

  test("are those that the mask names, at hand or not", async () => {
    const other = generateKey();
    const mask = { strategy: "ff1", key_id: parseKey(other).id } as const;
    const { keys } = await auditedColumn(text("ssn", mask), `${KEY}\n${other}`);
    expect(keys).toMatchObject([{ key_id: parseKey(other).id, held: true }]);
    const { keys: without } = await auditedColumn(text("ssn", mask), KEY);
    expect(without).toMatchObject([{ key_id: parseKey(other).id, held: false }]);
  });

  test("of addresses that may become an HMAC are a masking key's", async () => {
    const { keys } = await auditedColumn(text("ip", { strategy: "ip-truncate", on_invalid: "hmac" }));
    expect(keys).toMatchObject([{ key_id: id }]);
  });

  test("of sealed values are pairs, of which the private half opens", async () => {
    const { privateKey, publicKey } = await generateKeyPair();
    const pairId = parseKeys(publicKey).publicKeys[0]?.id;
    const drains = await auditedColumn(text("email", "sealed"), `${KEY}\n${publicKey}`);
    expect(drains.keys).toMatchObject([{ key_id: pairId, held: false, is_current: true }]);
    const opens = await auditedColumn(text("email", "sealed"), privateKey);
    expect(opens.keys).toMatchObject([{ key_id: pairId, held: true }]);
  });

  test("need not be there", async () => {
    const report = await auditOf({ a: text("ip", "hmac-sha256"), b: text("email", "sealed") });
    expect(report.columns.map(({ keys }) => keys)).toEqual([[], []]);
  });
});

test("columns without a mask are named where they look like personal data", async () => {
  const report = await auditOf({
    masked: text("ip", "hmac-sha256"),
    email: { from: "contact.email", type: "text" },
    c1: { from: "$attributes.client-ip", type: "inet" },
    phone: { from: "c2", type: "bigint" },
    is_mobile: { from: "mobile", type: "boolean" },
    birthday: { from: "$sent_at", type: "date" },
    user_id: { from: "user_id", type: "text" },
  });
  expect(report.unmasked).toEqual([
    { column: "email", from: "contact.email", looks_like: "email" },
    { column: "c1", from: "$attributes.client-ip", looks_like: "ipv4" },
    { column: "phone", from: "c2", looks_like: "phone" },
  ]);
  expect(report.at_risk).toEqual([]);
});

test("a pipeline without masks has nothing to judge", async () => {
  const report = await auditOf({ open: { from: "open", type: "text" } });
  expect(report).toMatchObject({ columns: [], at_risk: [], unmasked: [] });
});

test("it ends between two measurements when it is stopped", async () => {
  const stop = AbortSignal.abort();
  await expect(auditOf({ it: text("ip", "sha256") }, KEY, { stop })).rejects.toMatchObject({
    code: "interrupted",
    message: "interrupted: an audit only looks, so nothing was changed",
  });
});
