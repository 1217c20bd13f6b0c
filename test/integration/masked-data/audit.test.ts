import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Settings } from "../../../src/config/resolve.js";
import type { ColumnConfig, MaskConfig } from "../../../src/config/schema.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { type AuditOptions, audit } from "../../../src/masked-data/audit.js";
import type { AuditedColumn, AuditReport } from "../../../src/masked-data/audit-report.js";
import {
  createMask,
  generateKey,
  generateKeyPair,
  type Keyring,
  MaskError,
  type MaskName,
  NO_KEYS,
  parseKeys,
  withSealer,
} from "../../../src/masking/index.js";
import { useDatabase } from "../../support/database.js";
import { newRole } from "../loader/role.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const [first, second] = [generateKey(), generateKey()];
const FIRST = parseKeys(first).keys[0]?.id ?? "";
const SECOND = parseKeys(second).keys[0]?.id ?? "";
/** Of a key that nobody has. */
const KEY_ID = "0123abcd";
let tables = 0;

type Columns = Readonly<Record<string, ColumnConfig>>;

interface Bench {
  readonly table: string;
  readonly audit: (options?: AuditOptions, given?: Partial<Settings>) => Promise<AuditReport>;
  /** Puts values into the column `it`. */
  readonly store: (values: readonly (string | null)[]) => Promise<void>;
}

/** A table with these columns, and its audit. */
async function tableOf(columns: Columns, keys: Keyring = parseKeys(first)): Promise<Bench> {
  tables += 1;
  const table = `stored ${tables}`;
  const parsed = parsePipeline({ queue: "q", table, columns }, { source: "the test" });
  const types = parsed.pipeline.columns.map(
    ({ name, type }) => `"${name.replaceAll('"', '""')}" ${type.name}`,
  );
  await database.query(`create table "${table}" (${types.join(", ")})`);
  const settings: Settings = {
    ...{ ...parsed, pipelines: [parsed.pipeline], keys, notices: [], configSource: "the test" },
    database: { source: "--database", url: database.url },
  };
  return {
    table,
    audit: (options = {}, given = {}) =>
      audit({ ...settings, ...given }, { ...options, stopwatch: quick(), env: {} }),
    store: async (values) => {
      const type = parsed.pipeline.columns[0]?.type.name;
      await database.query(
        `insert into "${table}" (it) select given::${type} from unnest($1::text[]) as v(given)`,
        [values],
      );
    },
  };
}

/** Time that flies. */
function quick(): () => number {
  let now = 0;
  return () => {
    now += 1_000;
    return now;
  };
}

const masked = (mask: MaskConfig, type = "text"): Columns => ({ it: { from: "field", type, mask } });

async function only(bench: Bench, options?: AuditOptions): Promise<AuditedColumn> {
  const [column] = (await bench.audit(options)).columns;
  if (column === undefined) throw new Error("there is no masked column");
  return column;
}

const values = fc.oneof(
  fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\u0000") && text.isWellFormed()),
  fc.ipV4(),
  fc.ipV6(),
  fc.integer({ min: 0, max: 999_999_999 }).map((id) =>
    String(id)
      .padStart(9, "0")
      .replace(/^(...)(..)/, "$1-$2-"),
  ),
  fc.emailAddress(),
  fc.constantFrom("", "\n", "a\nb", "::", "::1", "1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6::8", "fe80::1"),
);

describe("the form of what is stored", () => {
  const masks: readonly MaskConfig[] = [
    ...(["hmac-sha256", "sha256", "redact", "null", "aes-siv", "aes-gcm", "sealed", "ff1"] as const).map(
      (strategy) => ({ strategy }),
    ),
    { strategy: "redact", replacement: "what? 'it' is \\" },
    ...[0, 1, 4, 300].map((keep) => ({ strategy: "partial", keep_last: keep }) as const),
    { strategy: "ff1", alphabet: "lower-alphanumeric" },
    { strategy: "ff1", alphabet: "upper-alphanumeric" },
    { strategy: "ff1", alphabet: "alphanumeric" },
    { strategy: "ip-prefix" },
    { strategy: "ip-prefix", on_invalid: "hmac" },
    { strategy: "ip-truncate" },
    { strategy: "ip-truncate", on_invalid: "hmac", ipv4_prefix: 9, ipv6_prefix: 33 },
    { strategy: "ip-truncate", on_invalid: "null", ipv4_prefix: 0, ipv6_prefix: 0 },
    { strategy: "ip-truncate", ipv4_prefix: 32, ipv6_prefix: 128 },
  ];

  test.each(masks)("is what the mask makes of anything: %j", async (mask) => {
    const { publicKey } = await generateKeyPair();
    const keys = await withSealer(parseKeys(`${first}\n${publicKey}`));
    const bench = await tableOf(masked(mask), keys);
    const [column] = parsePipeline({ queue: "q", table: "t", columns: masked(mask) }, { source: "" }).pipeline
      .columns;
    if (column?.mask === undefined) throw new Error("there is no mask");
    const make = createMask(column.mask, keys);
    const made = fc.sample(values, { numRuns: 400, seed: 4 }).flatMap((value) => {
      try {
        return [make(value)];
      } catch (error) {
        if (error instanceof MaskError) return [];
        throw error;
      }
    });
    expect(made.length).toBeGreaterThan(20);
    await bench.store(made);
    const { stored, verdict } = await only(bench);
    expect(stored).toMatchObject({ values: made.filter((value) => value !== null).length, other_form: 0 });
    expect(verdict).not.toBe("exposed");
  });

  const raw = "alice@example.org";
  const others: readonly (readonly [MaskConfig, string[]])[] = [
    [
      { strategy: "hmac-sha256" },
      [raw, "A".repeat(64), "a".repeat(63), "a".repeat(65), `${"a".repeat(64)}\n`, ""],
    ],
    [{ strategy: "sha256" }, [raw, "g".repeat(64)]],
    [{ strategy: "redact" }, [raw, "", "[redacted] "]],
    [{ strategy: "redact", replacement: "" }, [raw, " "]],
    [{ strategy: "null" }, [raw, ""]],
    [{ strategy: "partial" }, [raw, "*b****1234", "b", "123", `\n${"*".repeat(9)}1234`]],
    [
      { strategy: "aes-siv" },
      [raw, `g1.${KEY_ID}.${"A".repeat(40)}`, `s1.${KEY_ID}.AAAA`, `s1.xyz.${"A".repeat(40)}`],
    ],
    [{ strategy: "aes-gcm" }, [raw, `s1.${KEY_ID}.${"A".repeat(40)}`]],
    [{ strategy: "sealed" }, [raw, `p1.${KEY_ID}.${"A".repeat(79)}`]],
    [{ strategy: "token" }, [raw, `t1.${"A".repeat(21)}`, `T1.${"A".repeat(22)}`]],
    [
      { strategy: "ip-prefix" },
      [raw, "1.2.3", "256.1.1.1", "1.2.3.4/32", "::g", "1::2::3", "1:2", "a".repeat(64)],
    ],
    [{ strategy: "ip-prefix", on_invalid: "hmac" }, [raw, "1.2.3"]],
    [
      { strategy: "ip-truncate" },
      [raw, "199.172.111.135", "2001:db8:1:1::", "1.2.3.0/24", "01.2.3.0", "1:2:3"],
    ],
    [{ strategy: "ip-truncate", ipv4_prefix: 25 }, ["199.172.111.1", "199.172.111.127", raw]],
    [{ strategy: "ff1" }, [raw, "12345", "1-2-3", "123456a"]],
  ];

  test.each(others)("is not that of something else: %j", async (mask, stored) => {
    const bench = await tableOf(masked(mask));
    await bench.store([...stored, null]);
    const report = await bench.audit();
    expect(report).toMatchObject({ rows: stored.length + 1, is_sample: false, at_risk: ["it"] });
    expect(report.columns).toMatchObject([
      { verdict: "exposed", stored: { values: stored.length, other_form: stored.length } },
    ]);
  });

  test.each<[MaskConfig, string]>([
    [{ strategy: "ip-prefix" }, "raw_values"],
    [{ strategy: "ff1" }, "raw_values"],
    [{ strategy: "hmac-sha256" }, "sha256"],
  ])("of which more than one thing is: %j", async (mask, twin) => {
    expect((await only(await tableOf(masked(mask)))).stored?.looks_like).toBe(twin);
  });

  test("in an inet column", async () => {
    const truncated = await tableOf(masked({ strategy: "ip-truncate" }, "inet"));
    await truncated.store([
      "199.172.111.0",
      "::",
      "2001:db8:5::",
      "0.0.0.0",
      null,
      "199.172.111.135",
      "2001:db8::1",
    ]);
    expect(await only(truncated)).toMatchObject({ verdict: "exposed", stored: { values: 6, other_form: 2 } });
    const prefixed = await tableOf(masked({ strategy: "ip-prefix" }, "inet"));
    await prefixed.store(["199.172.111.135", "::1", "::1.2.3.4", "2001:db8::1", "::ffff:1.2.3.4"]);
    expect(await only(prefixed)).toMatchObject({ verdict: "ok", stored: { values: 5, other_form: 0 } });
  });

  test("in columns with names that need quotes, beside each other", async () => {
    const bench = await tableOf({
      it: { from: "a", type: "text", mask: "hmac-sha256" },
      'why "not"?': { from: "b", type: "text", mask: "aes-siv" },
      open: { from: "c", type: "text" },
    });
    await bench.store(["raw", "a".repeat(64)]);
    const { columns } = await bench.audit();
    expect(columns.map(({ column, stored }) => [column, stored?.values, stored?.other_form])).toEqual([
      ["it", 2, 1],
      ['why "not"?', 0, 0],
    ]);
  });
});

describe("the keys of what is stored", () => {
  const sivOf = (text: string, count: number): (string | null)[] => {
    const mask = createMask({ strategy: "aes-siv", domain: "field" }, parseKeys(text));
    return Array.from({ length: count }, () => mask(randomBytes(4).toString("hex")));
  };
  const note = (table: string, strategy: MaskName, keyId: string, isCurrent: boolean): Promise<unknown> =>
    database.query(
      `insert into sqs2pg.mask_keys (table_name, column_name, strategy, domain, key_id, is_current, first_used_at)
       values ($1, 'it', $2, 'field', $3, $4, '2026-03-01T12:00:00Z')`,
      [table, strategy, keyId, isCurrent],
    );

  test("are counted where values name them, the current one first", async () => {
    const bench = await tableOf(masked({ strategy: "aes-siv" }));
    await bench.store([...sivOf(first, 3), ...sivOf(second, 7), null, "raw"]);
    await note(bench.table, "aes-siv", FIRST, true);
    const { keys, verdict } = await only(bench);
    expect(keys).toEqual([
      {
        ...{ key_id: FIRST, held: true, is_current: true, values: 3 },
        ...{ first_used_at: "2026-03-01T12:00:00.000Z", last_used_at: expect.stringMatching(/Z$/) },
      },
      { key_id: SECOND, held: false, is_current: false, values: 7, first_used_at: null, last_used_at: null },
    ]);
    expect(verdict).toBe("exposed");
  });

  test("are those that the database has noted where values do not name them", async () => {
    const bench = await tableOf(masked({ strategy: "hmac-sha256" }));
    await bench.store(["a".repeat(64)]);
    await note(bench.table, "hmac-sha256", SECOND, false);
    await note(bench.table, "hmac-sha256", FIRST, true);
    await note(bench.table, "aes-siv", "99999999", true);
    await note("another table", "hmac-sha256", "88888888", true);
    const { keys } = await only(bench);
    expect(keys.map((key) => [key.key_id, key.held, key.is_current, key.values])).toEqual([
      [FIRST, true, true, null],
      [SECOND, false, false, null],
    ]);
  });

  test("are not those that nothing is under any more", async () => {
    const bench = await tableOf(masked({ strategy: "aes-siv" }));
    await bench.store(sivOf(second, 2));
    await note(bench.table, "aes-siv", FIRST, false);
    await note(bench.table, "aes-siv", SECOND, true);
    expect((await only(bench)).keys.map((key) => key.key_id)).toEqual([SECOND]);
  });

  test("are the one that would be used where there are none yet", async () => {
    const bench = await tableOf(masked({ strategy: "aes-siv" }));
    expect((await only(bench)).keys).toMatchObject([{ key_id: FIRST, is_current: true, values: 0 }]);
  });
});

describe("a sample", () => {
  test("of a table that was analysed is pages from all over it", async () => {
    const bench = await tableOf(masked({ strategy: "redact" }));
    await database.query(
      `insert into "${bench.table}" (it) select '[redacted]' from generate_series(1, 200000)`,
    );
    await database.query(`analyze "${bench.table}"`);
    const { rows, is_sample: isSample } = await bench.audit({ sample: 20_000 });
    expect(isSample).toBe(true);
    expect(rows).toBeGreaterThan(5_000);
    expect(rows).toBeLessThan(60_000);
    expect((await bench.audit({ sample: 20_000 })).rows).toBe(rows);
    expect((await bench.audit()).rows).toBe(200_000);
  });

  test("of a table that was not analysed, and of a view, is the first rows", async () => {
    const bench = await tableOf(masked({ strategy: "redact" }));
    await bench.store(["[redacted]", "raw", "[redacted]"]);
    expect(await bench.audit({ sample: 2 })).toMatchObject({ rows: 2, is_sample: true });
    await database.query(`create view "view of ${bench.table}" as select * from "${bench.table}"`);
    const pipeline = parsePipeline(
      { queue: "q", table: `view of ${bench.table}`, columns: masked({ strategy: "redact" }) },
      { source: "" },
    ).pipeline;
    expect(await bench.audit({ sample: 2 }, { pipeline })).toMatchObject({ rows: 2, is_sample: true });
    expect(await bench.audit({}, { pipeline })).toMatchObject({ rows: 3, at_risk: ["it"] });
  });

  test("of less than there is is all", async () => {
    const bench = await tableOf(masked({ strategy: "redact" }));
    await bench.store(["[redacted]", "raw"]);
    await database.query(`analyze "${bench.table}"`);
    expect(await bench.audit({ sample: 50 })).toMatchObject({ rows: 2, at_risk: ["it"] });
  });
});

describe("what is not there, or may not be read", () => {
  test("a role needs to read the columns and two tables of the bookkeeping", async () => {
    const bench = await tableOf({
      ...masked({ strategy: "hmac-sha256" }),
      open: { from: "o", type: "text" },
    });
    const { name, url } = await newRole(database);
    const asRole = (): Promise<AuditReport> => bench.audit({}, { database: { source: "--database", url } });
    await expect(asRole()).rejects.toMatchObject({
      ...{ kind: "failed", code: "privilege_missing" },
      message: expect.stringContaining(
        `user ${name} lacks USAGE on schema sqs2pg, SELECT on ${bench.table} in `,
      ),
    });
    await database.query(`grant usage on schema sqs2pg to ${name}`);
    await expect(asRole()).rejects.toMatchObject({
      message: expect.stringContaining(
        `lacks SELECT on sqs2pg.migrations, SELECT on sqs2pg.mask_keys, SELECT on ${bench.table} in `,
      ),
    });
    await database.query(`grant select on sqs2pg.migrations, sqs2pg.mask_keys to ${name}`);
    await expect(asRole()).rejects.toMatchObject({
      message: expect.stringMatching(/ lacks SELECT on stored \d+ in .*: grant it$/),
    });
    await database.query(`grant select (it) on "${bench.table}" to ${name}`);
    expect(await asRole()).toMatchObject({ rows: 0 });
  });

  test("a table, a column, the migrations", async () => {
    const bench = await tableOf({
      ...masked({ strategy: "hmac-sha256" }),
      open: { from: "o", type: "text" },
    });
    await database.query(`alter table "${bench.table}" drop column it`);
    await expect(bench.audit()).rejects.toMatchObject({
      code: "column_missing",
      message: expect.stringContaining("lacks column it"),
    });
    await database.query(`drop table "${bench.table}"`);
    await expect(bench.audit()).rejects.toMatchObject({ code: "table_missing" });
    await expect(bench.audit({}, { bookkeepingSchema: "elsewhere" })).rejects.toMatchObject({
      code: "migrations_pending",
    });
  });

  test("a stop while it waits for the database", async () => {
    const bench = await tableOf(masked({ strategy: "hmac-sha256" }));
    await expect(bench.audit({ stop: AbortSignal.abort() })).rejects.toMatchObject({ code: "interrupted" });
  });

  test("keys: what is stored is counted without any", async () => {
    const bench = await tableOf(masked({ strategy: "hmac-sha256" }), NO_KEYS);
    await bench.store(["a".repeat(64)]);
    expect(await only(bench)).toMatchObject({ keys: [], stored: { values: 1, other_form: 0 } });
  });
});
