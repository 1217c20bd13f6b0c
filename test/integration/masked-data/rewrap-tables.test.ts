import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import type { PipelineConfig } from "../../../src/config/schema.js";
import { connect } from "../../../src/loader/connection.js";
import { createRewrapTable, type RewrapTable } from "../../../src/loader/rewrap-table.js";
import type { LeafTable } from "../../../src/loader/rewrap-table-sql.js";
import { createMask, generateKeyPair, keyringOf, parseKey } from "../../../src/masking/index.js";
import { KEY, test } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";
import { newRole } from "../loader/role.js";
import {
  BOTH,
  idOf,
  ips,
  load,
  NEW_KEY,
  pipelineOf,
  rewrapped,
  SIV,
  SIV_SPEC,
  unmasked,
} from "./rewrap-bench.js";

/** Three parts, by the hash of a column. */
async function createParts(database: TestDatabase, column: string): Promise<void> {
  await database.query(`create table visits (id text, ip text) partition by hash (${column})`);
  for (const part of [0, 1, 2]) {
    await database.query(
      `create table part_${part} partition of visits for values with (modulus 3, remainder ${part})`,
    );
  }
}

describe.concurrent("a partitioned table", () => {
  test("whose masked column decides about the partition: rows move", async ({ database }) => {
    await createParts(database, "ip");
    await load(database, pipelineOf(SIV), KEY, ips(40));
    const report = await rewrapped(database, pipelineOf(SIV), BOTH, { batchSize: 6 });
    expect(report).toMatchObject({ columns: [{ rewrapped: 40, left: [] }], dispensable_keys: [idOf(KEY)] });
    expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(ips(40).sort());
  });

  test("with privileges on the whole only", async ({ database }) => {
    await createParts(database, "id");
    await load(database, pipelineOf(SIV), KEY, ips(40));
    const { name, url } = await newRole(database);
    await database.query(`grant usage on schema sqs2pg to ${name}`);
    await database.query(`grant select on sqs2pg.migrations, sqs2pg.runs, sqs2pg.tokens to ${name}`);
    await database.query(`grant select, update on visits, sqs2pg.rejects to ${name}`);
    await database.query(`grant select, insert, update, delete on sqs2pg.mask_keys to ${name}`);
    const report = await rewrapped({ url }, pipelineOf(SIV), BOTH, { batchSize: 6 });
    expect(report).toMatchObject({ columns: [{ rewrapped: 40, left: [] }] });
    expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(ips(40).sort());
  });
});

test("a table that others inherit from is its own rows", async ({ database }) => {
  await database.query("create table visits (id text, ip text)");
  await database.query("create table others () inherits (visits)");
  await load(database, pipelineOf(SIV), KEY, ips(3));
  await database.query("insert into others select 'other', ip from only visits limit 1");
  expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({ columns: [{ rewrapped: 3 }] });
  const [other] = await database.query("select ip from others");
  expect(String(other?.["ip"])).toMatch(new RegExp(`^s1.${idOf(KEY)}.`));
});

test("values of any size, more of them than may be in memory at once", async ({ database }) => {
  await database.query("create table visits (id text, ip text)");
  // Each is 12 MB, more than a page takes; random, so that it is not compressed.
  const values = [0, 1, 2].map((index) => `${index}${randomUUID().repeat(240_000)}`);
  await load(database, pipelineOf(SIV), KEY, values);
  expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
    columns: [{ rewrapped: 3, left: [] }],
  });
  expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(values);
});

test("several columns of a row, each under its own keys, are one change", async ({ database }) => {
  await database.query("create table visits (id text, ip text, again text, code text)");
  const pipeline = pipelineOf({
    ...SIV,
    again: { from: "ip", type: "text", mask: { strategy: "aes-siv", domain: "again" } },
    code: { from: "ip", type: "text", mask: { strategy: "aes-gcm", domain: "code" } },
  });
  await load(database, pipeline, KEY, ips(4));
  await database.query("update visits set again = null where id = '10.0.0.1'");
  await database.query("update visits set code = 'raw' where id = '10.0.0.2'");
  await load(database, pipeline, BOTH, ips(1, 10), true);
  const report = await rewrapped(database, pipeline, BOTH);
  expect(report.columns).toEqual([
    { column: "ip", strategy: "aes-siv", rewrapped: 4, left: [] },
    { column: "again", strategy: "aes-siv", rewrapped: 3, left: [] },
    {
      column: "code",
      strategy: "aes-gcm",
      rewrapped: 3,
      left: [{ code: "not_masked", key_id: null, count: 1 }],
    },
  ]);
  const transactions = await database.query("select distinct xmin from visits where id < '10.0.0.10'");
  expect(transactions).toHaveLength(1);
});

describe.concurrent("a companion", () => {
  const hmacOf = createMask({ strategy: "hmac-sha256", domain: "ip" }, keyringOf(parseKey(NEW_KEY)));
  const sealedPipeline: PipelineConfig = pipelineOf({
    id: { from: "id", type: "text" },
    ip: { from: "ip", type: "text", mask: { strategy: "sealed", companion: "joined" } },
  });
  const joins = async (database: TestDatabase): Promise<boolean> =>
    (await database.query("select id, joined from visits")).every(
      ({ id, joined }) => joined === hmacOf(String(id)),
    );

  test("is made anew where only its own key has changed, with the private key", async ({ database }) => {
    await database.query("create table visits (id text, ip text, joined text)");
    const pair = await generateKeyPair();
    await load(database, sealedPipeline, `${KEY}\n${pair.publicKey}`, ips(5));
    await load(database, sealedPipeline, `${BOTH}\n${pair.publicKey}`, ips(5, 5), true);
    expect(await joins(database)).toBe(false);
    const sealed = await database.query("select ip from visits order by id");
    const keys = `${BOTH}\n${pair.privateKey}`;
    expect(await rewrapped(database, sealedPipeline, keys, { batchSize: 3 })).toMatchObject({
      columns: [{ column: "ip", rewrapped: 5, left: [] }],
      dispensable_keys: [idOf(KEY)],
    });
    expect(await joins(database)).toBe(true);
    expect(await database.query("select ip from visits order by id")).toEqual(sealed);
    expect(await rewrapped(database, sealedPipeline, keys)).toMatchObject({ columns: [{ rewrapped: 0 }] });
  });

  test("keeps its old key as long as something is left that it belongs to", async ({ database }) => {
    await database.query("create table visits (id text, ip text, joined text)");
    const [gone, held] = [await generateKeyPair(), await generateKeyPair()];
    await load(database, sealedPipeline, `${KEY}\n${gone.publicKey}`, ips(2));
    await load(database, sealedPipeline, `${KEY}\n${held.publicKey}`, ips(3, 2), true);
    expect(await rewrapped(database, sealedPipeline, `${BOTH}\n${held.privateKey}`)).toMatchObject({
      columns: [{ column: "ip", rewrapped: 3, left: [{ code: "key_not_held", count: 2 }] }],
    });
    const noted = await database.query(
      "select key_id from sqs2pg.mask_keys where column_name = 'joined' and not is_current",
    );
    expect(noted).toEqual([{ key_id: idOf(KEY) }]);
  });

  test("stays, and its old key with it, where the private key is not there", async ({ database }) => {
    await database.query("create table visits (id text, ip text, joined text)");
    const pair = await generateKeyPair();
    await load(database, sealedPipeline, `${KEY}\n${pair.publicKey}`, ips(2));
    const report = await rewrapped(database, sealedPipeline, `${BOTH}\n${pair.publicKey}`);
    expect(report).toMatchObject({
      columns: [],
      not_rewrappable: [
        { column: "ip", strategy: "sealed" },
        { column: "joined", strategy: "hmac-sha256", reason: expect.stringContaining("private key") },
      ],
    });
    const noted = await database.query(
      "select column_name, key_id from sqs2pg.mask_keys where not is_current",
    );
    expect(noted).toEqual([{ column_name: "joined", key_id: idOf(KEY) }]);
  });
});

describe.concurrent("a run that has not noted its end", () => {
  const start = (database: TestDatabase, key: string, target = "visits"): Promise<unknown> =>
    database.query(
      `insert into sqs2pg.runs (id, queue, target, started_at, key_id, version)
       values (gen_random_uuid(), 'q', $1, now(), $2, '0')`,
      [target, idOf(key)],
    );

  test("keeps the key that it may mask with, until it has ended", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(2));
    await start(database, KEY);
    const report = await rewrapped(database, pipelineOf(SIV), BOTH);
    expect(report).toMatchObject({
      columns: [{ rewrapped: 2, left: [] }],
      dispensable_keys: [],
      unfinished_runs: [{ key_id: idOf(KEY), started_at: expect.stringMatching(/Z$/) }],
    });
    expect(await database.query("select from sqs2pg.mask_keys where not is_current")).toHaveLength(1);
    await database.query("update sqs2pg.runs set finished_at = now()");
    expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
      dispensable_keys: [idOf(KEY)],
      unfinished_runs: [],
    });
    expect(await database.query("select from sqs2pg.mask_keys where not is_current")).toHaveLength(0);
  });

  test("keeps it in whichever table it loads into: it may seal rejects", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(2));
    await start(database, KEY, "elsewhere");
    expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
      columns: [{ rewrapped: 2, left: [] }],
      dispensable_keys: [],
      unfinished_runs: [{ key_id: idOf(KEY) }],
    });
  });

  test("is no matter with the new key first, or when it began weeks ago", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(2));
    await start(database, KEY);
    await database.query("update sqs2pg.runs set started_at = now() - interval '15 days'");
    await start(database, NEW_KEY);
    expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
      dispensable_keys: [idOf(KEY)],
      unfinished_runs: [],
    });
  });

  test("keeps a public key that was first when it began", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    const [old, fresh] = [await generateKeyPair(), await generateKeyPair()];
    const pipeline = pipelineOf({ ...SIV, ip: { from: "ip", type: "text", mask: "sealed" } });
    await load(database, pipeline, `${KEY}\n${old.publicKey}`, ips(2));
    await start(database, KEY);
    const keys = `${KEY}\n${fresh.publicKey}\n${old.privateKey}`;
    const report = await rewrapped(database, pipeline, keys);
    expect(report).toMatchObject({
      columns: [{ rewrapped: 2, left: [] }],
      unfinished_runs: [{ key_id: idOf(KEY) }],
    });
    expect(await database.query("select from sqs2pg.mask_keys where not is_current")).toHaveLength(1);
  });
});

test("a page has so many bytes at the most, and one row at the least", async ({ database }) => {
  await database.query("create table visits (id text, ip text)");
  await load(database, pipelineOf(SIV), KEY, ips(10));
  await withTable(database, async (table, leaf) => {
    const range = { from: 0, to: leaf.blocks };
    const [value] =
      (await table.page(leaf, range, undefined, { maxRows: 1, maxBytes: 1_000 }))[0]?.values ?? [];
    const bytes = String(value).length;
    for (const [maxBytes, rows] of [
      [1, 1],
      [4 * bytes, 4],
      [5 * bytes - 1, 4],
      [1_000 * bytes, 10],
    ] as const) {
      expect(await table.page(leaf, range, undefined, { maxRows: 100, maxBytes })).toHaveLength(rows);
    }
  });
});

test("a place that has another value by now is not written to", async ({ database }) => {
  await database.query("create table visits (id text, ip text)");
  await load(database, pipelineOf(SIV), KEY, ips(2));
  await withTable(database, async (table, leaf) => {
    const range = { from: 0, to: leaf.blocks };
    const rows = await table.page(leaf, range, undefined, { maxRows: 10, maxBytes: 1_000 });
    const renewed = rows.map((row, index) => ({
      ...row,
      // As if the place of the first had been given to another row.
      values: index === 0 ? ["another"] : row.values,
      ...{ newValues: ["new"], newCompanions: [null] },
    }));
    expect(await table.replace(leaf, renewed)).toEqual(new Set([1]));
    expect(await table.replace(leaf, renewed)).toEqual(new Set());
  });
  const after = (await database.query("select ip from visits order by id")).map(({ ip }) => ip);
  expect(after).toEqual([expect.stringMatching(/^s1\./), "new"]);
});

/** The table under the store's own view of it. */
async function withTable(
  { url }: TestDatabase,
  action: (table: RewrapTable, leaf: LeafTable) => Promise<void>,
): Promise<void> {
  const connection = connect({ url, env: {} }, { poolSize: 1 });
  try {
    const column = { name: "ip", companion: undefined, scheme: "s1" };
    const columns = [{ ...column, wantedKeyId: idOf(NEW_KEY), openedKeyIds: [idOf(KEY)] }];
    const table = createRewrapTable(connection, { table: { name: "visits" }, columns });
    const [leaf] = await table.leaves();
    if (leaf === undefined) return expect.fail("no table");
    await action(table, leaf);
  } finally {
    await connection.close();
  }
}

test("PostgreSQL 13, which has no scans of ranges, is asked for every place, and answers the same", async ({
  database,
}) => {
  await database.query("create table visits (id text, ip text)");
  await load(database, pipelineOf(SIV), KEY, ips(700));
  await load(database, pipelineOf(SIV), NEW_KEY, ips(20), true);
  await database.query("insert into visits values ('raw', 'raw')");
  await withTable(database, async (table, leaf) => {
    expect(leaf.hasRangeScans).toBe(true);
    const answers = async (hasRangeScans: boolean): Promise<unknown[]> => {
      const part = { ...leaf, hasRangeScans };
      const found: unknown[] = [];
      for (let from = 0; from < leaf.blocks; from += 3) {
        const range = { from, to: from + 3 };
        found.push((await table.census(part, range)).toSorted((one, other) => one.count - other.count));
        const page = await table.page(part, range, undefined, { maxRows: 100, maxBytes: 5_000 });
        found.push(page, await table.page(part, range, page[5]?.place, { maxRows: 10, maxBytes: 1_000_000 }));
      }
      return found;
    };
    const withRanges = await answers(true);
    expect(await answers(false)).toEqual(withRanges);
    expect(JSON.stringify(withRanges)).toContain('"keyId":null,"count":1');
  });
});
