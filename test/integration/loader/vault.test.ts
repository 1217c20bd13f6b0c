import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { LoadBatch, StoreError, TargetStore } from "../../../src/loader/store.js";
import {
  createColumnMask,
  createVaultOpener,
  generateKey,
  type Keyring,
  keyringOf,
  type MaskSpec,
  parseKey,
  parseKeys,
} from "../../../src/masking/index.js";
import type { Value } from "../../../src/row.js";
import { somebodyWaits } from "../../support/bench.js";
import { useDatabase } from "../../support/database.js";
import { until } from "../../support/until.js";
import { batchOf } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const ip: MaskSpec = { strategy: "token", domain: "ip" };
const device: MaskSpec = { strategy: "token", domain: "device_id" };
const [line, newLine] = [generateKey(), generateKey()];
const keys = keyringOf(parseKey(line));
const once = { isRetry: false };
const stores: TargetStore[] = [];

/** A store into user_logins with both masked columns as tokens. */
function tokenStore(): TargetStore {
  const store = openStore({
    database: { url: database.url, env: {} },
    targets: [
      {
        table: { name: "user_logins" },
        columns: [
          { name: "user_id", type: { name: "text" } },
          { name: "masked_ip", type: { name: "varchar", length: 256 }, mask: ip },
          { name: "masked_device_id", type: { name: "varchar", length: 256 }, mask: device },
        ],
      },
    ],
    poolSize: 2,
  });
  stores.push(store);
  return store;
}

/** Rows as a run with these keys makes them. */
function batchUnder(
  keyring: Keyring,
  ...rows: readonly (readonly [string, string | null, string | null])[]
): LoadBatch {
  const masks = [createColumnMask(ip, keyring), createColumnMask(device, keyring)];
  const masked = ([user, ...values]: readonly [string, string | null, string | null]): Value[] => [
    user,
    ...values.map((value, index) => (value === null ? null : (masks[index]?.(value) ?? null))),
  ];
  return batchOf(...rows.map(masked));
}

const tokensOf = async (column: "masked_ip" | "masked_device_id"): Promise<unknown[]> =>
  (await database.query(`select ${column} as token from user_logins order by user_id`)).map(
    ({ token }) => token,
  );
const vault = (): ReturnType<typeof database.query> =>
  database.query("select domain, token, sealed_value, key_id from sqs2pg.tokens order by domain, token");
const current = (keyId: string): Promise<unknown> =>
  database.query(
    `insert into sqs2pg.mask_keys (table_name, column_name, strategy, domain, key_id, is_current)
     values ('user_logins', 'masked_ip', 'token', 'ip', $1, true)`,
    [keyId],
  );

beforeEach(() => database.query("truncate user_logins, sqs2pg.ledger, sqs2pg.tokens, sqs2pg.mask_keys"));
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

describe("tokens", () => {
  test("are the same for equal values, in one batch, across batches and runs, and not between domains", async () => {
    const store = tokenStore();
    const first = batchUnder(
      keys,
      ["a", "192.0.2.1", "192.0.2.1"],
      ["b", "192.0.2.1", null],
      ["c", "192.0.2.2", "x"],
    );
    expect(await store.load(first, once)).toMatchObject({ loaded: 3, duplicates: 0 });
    await tokenStore().load(batchUnder(keys, ["d", "::ffff:192.0.2.1", "192.0.2.1"]), once);
    const [a, b, c, d] = await tokensOf("masked_ip");
    expect([a, b, d]).toEqual([a, a, a]);
    expect(a).toMatch(/^t1\.[A-Za-z0-9_-]{22}$/);
    expect(c).not.toBe(a);
    const [deviceA, deviceB, , deviceD] = await tokensOf("masked_device_id");
    expect(deviceA).toBe(deviceD);
    expect(deviceB).toBeNull();
    expect(deviceA).not.toBe(a);
  });

  test("are kept with their values, sealed", async () => {
    await tokenStore().load(batchUnder(keys, ["a", "192.0.2.1", "593-47-5928"]), once);
    const entries = await vault();
    expect(entries.map(({ domain }) => domain)).toEqual(["device_id", "ip"]);
    const opened = entries.map(({ domain, token, sealed_value: sealedValue, key_id: keyId }) =>
      createVaultOpener(String(domain), keys)({ token, sealedValue, keyId }),
    );
    expect(opened).toEqual(["593-47-5928", "192.0.2.1"]);
    expect(JSON.stringify(entries.map(({ sealed_value: sealed }) => String(sealed)))).not.toContain(
      "192.0.2",
    );
  });

  test("go in with their rows or not at all", async () => {
    await database.query("alter table user_logins add constraint odd check (user_id <> 'bad')");
    const failing = tokenStore().load(
      batchUnder(keys, ["a", "192.0.2.1", null], ["bad", "192.0.2.9", null]),
      once,
    );
    await expect(failing).rejects.toMatchObject({ class: "data", constraint: "odd" });
    await database.query("alter table user_logins drop constraint odd");
    expect(await vault()).toEqual([]);
  });

  test("that are forgotten do not come back with a run that has made them before", async () => {
    const store = tokenStore();
    const mask = createColumnMask(ip, keys);
    const row = (user: string) => batchOf([user, mask("192.0.2.1"), null]);
    await store.load(row("a"), once);
    await store.load(row("b"), once);
    await database.query("delete from sqs2pg.tokens");
    await store.load(row("c"), once);
    const [a, b, c] = await tokensOf("masked_ip");
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(await vault()).toMatchObject([{ token: c }]);
  });

  test("are not made again for a message that was loaded before", async () => {
    const batch = batchUnder(keys, ["a", "192.0.2.1", "x"]);
    await tokenStore().load(batch, once);
    await database.query("delete from sqs2pg.tokens where domain = 'ip'");
    expect(await tokenStore().load(batch, once)).toMatchObject({ loaded: 0, duplicates: 1 });
    expect(await vault()).toMatchObject([{ domain: "device_id" }]);
  });

  test("are one for each value also when eight drains meet it at once", async () => {
    const values = Array.from({ length: 300 }, (_, index) => `10.0.${index % 7}.${index % 100}`);
    const distinct = new Set(values).size;
    await Promise.all(
      Array.from({ length: 8 }, async (_, drain) => {
        const store = tokenStore();
        for (let start = 0; start < values.length; start += 50) {
          const page = values.slice(start, start + 50);
          if (drain % 2 === 1) page.reverse();
          await store.load(batchUnder(keys, ...page.map((value) => [value, value, value] as const)), once);
        }
      }),
    );
    const rows = await database.query(
      "select count(*)::int as rows, count(distinct user_id)::int as users, count(distinct (user_id, masked_ip))::int as pairs, count(distinct masked_ip)::int as tokens from user_logins",
    );
    expect(rows).toEqual([{ rows: 8 * values.length, users: distinct, pairs: distinct, tokens: distinct }]);
    expect(await vault()).toHaveLength(2 * distinct);
  });
});

test.each([
  ["commit", "t1.AAAAAAAAAAAAAAAAAAAAAA"],
  ["rollback", expect.stringMatching(/^t1\.(?!AAAA)/)],
])(
  "a drain that is met in the middle of another's first use of a value waits for its %s",
  async (end, token) => {
    const batch = batchUnder(keys, ["a", "192.0.2.1", null]);
    const entry = batch.messages[0]?.rows[0]?.values[1];
    if (typeof entry !== "object" || entry === null) return expect.fail("no entry");
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    try {
      await other.query("begin");
      await other.query(
        "insert into sqs2pg.tokens (domain, blind_index, token, sealed_value, key_id) values ('ip', $1, 't1.AAAAAAAAAAAAAAAAAAAAAA', '', 'k')",
        [entry.blindIndex],
      );
      const loading = tokenStore().load(batch, once);
      await until("the load waits", () => somebodyWaits(database));
      await other.query(end);
      expect(await loading).toMatchObject({ loaded: 1, duplicates: 0 });
      expect(await tokensOf("masked_ip")).toEqual([token]);
    } finally {
      await other.end();
    }
  },
);

describe("after a change of keys", () => {
  const both = parseKeys(`${newLine}\n${line}`);

  test("a value keeps its token, and a new one is found under the new key", async () => {
    await tokenStore().load(batchUnder(keys, ["a", "192.0.2.1", null]), once);
    const rotated = tokenStore();
    await rotated.load(batchUnder(both, ["b", "192.0.2.1", null], ["c", "192.0.2.3", null]), once);
    await rotated.load(batchUnder(keyringOf(parseKey(newLine)), ["d", "192.0.2.3", null]), once);
    const [a, b, c, d] = await tokensOf("masked_ip");
    expect(b).toBe(a);
    expect(d).toBe(c);
    expect((await vault()).map(({ key_id: id }) => id).sort()).toEqual(both.keys.map(({ id }) => id).sort());
  });

  test("a run with the key before loads nothing more", async () => {
    await current(both.keys[0]?.id ?? "");
    const loading = tokenStore().load(batchUnder(keys, ["a", "192.0.2.1", null]), once);
    const error: StoreError = await loading.then(
      () => expect.fail("loaded"),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ class: "fatal", code: "key_changed" });
    expect(await vault()).toEqual([]);
    expect(await database.query("select from user_logins union all select from sqs2pg.ledger")).toEqual([]);
  });

  test("and with the current key it does", async () => {
    await current(keys.keys[0]?.id ?? "");
    const batch = batchUnder(keys, ["a", "192.0.2.1", "x"]);
    expect(await tokenStore().load(batch, once)).toMatchObject({ loaded: 1, duplicates: 0 });
  });
});

test("a batch in which no value is to be masked is loaded", async () => {
  const batch = { ...batchUnder(keys, ["a", null, null]), runId: randomUUID() };
  expect(await tokenStore().load(batch, once)).toMatchObject({ loaded: 1, duplicates: 0 });
  expect(await tokensOf("masked_ip")).toEqual([null]);
});
