import { describe, expect } from "vitest";
import { type Clock, systemClock } from "../../../src/clock.js";
import type { RewrapReport } from "../../../src/masked-data/rewrap-report.js";
import { createVaultOpener, generateKey, type Keyring, parseKeys } from "../../../src/masking/index.js";
import { KEY, somebodyWaits, test } from "../../support/bench.js";
import { until } from "../../support/until.js";
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
  startLoading,
  unmasked,
  withSession,
} from "./rewrap-bench.js";

/** Nobody gives anything free here, so it need not be waited for. */
const hurried: Clock = { ...systemClock, after: (_, action) => systemClock.after(1, action) };
const TOKENS = pipelineOf({ ...SIV, ip: { from: "ip", type: "text", mask: "token" } });

describe.concurrent("a row that somebody else is at", () => {
  test("is not waited for, and is left when it is not given free", async ({ database }) => {
    await database.query("create table visits (id text, ip text, note text)");
    await load(database, pipelineOf(SIV), KEY, ips(3));
    const report = await withSession(database, async (session) => {
      await session.query("select from visits where id = '10.0.0.1' for update");
      return rewrapped(database, pipelineOf(SIV), BOTH, { clock: hurried });
    });
    expect(report).toMatchObject({
      stopped_because: "done",
      columns: [{ rewrapped: 2, left: [{ code: "not_updated", key_id: idOf(KEY), count: 1 }] }],
      dispensable_keys: [],
    });
    const noted = await database.query("select key_id from sqs2pg.mask_keys where not is_current");
    expect(noted).toEqual([{ key_id: idOf(KEY) }]);
    expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
      columns: [{ rewrapped: 1, left: [] }],
      dispensable_keys: [idOf(KEY)],
    });
  });

  test("is rewrapped as it is afterwards, when it was changed meanwhile", async ({ database }) => {
    await database.query("create table visits (id text, ip text, note text)");
    await load(database, pipelineOf(SIV), KEY, ips(1));
    await database.query("update visits set note = 'before'");
    const report = await withSession(database, async (session) => {
      await session.query("update visits set note = 'after'");
      let running: Promise<RewrapReport> | undefined;
      // It has found the row locked, and waits before it tries again.
      await new Promise<void>((resolve, reject) => {
        const after: Clock["after"] = (delayMs, action) => {
          resolve();
          return systemClock.after(delayMs, action);
        };
        running = rewrapped(database, pipelineOf(SIV), BOTH, { clock: { ...systemClock, after } });
        running.then(() => reject(new Error("it did not wait")), reject);
      });
      await session.query("commit");
      return running;
    });
    expect(report).toMatchObject({ columns: [{ rewrapped: 1, left: [] }] });
    expect(await database.query("select note from visits")).toEqual([{ note: "after" }]);
    expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(ips(1));
  });

  test("of the vault, likewise", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, TOKENS, KEY, ips(3));
    const [entry] = await database.query("select token from sqs2pg.tokens limit 1");
    const report = await withSession(database, async (session) => {
      await session.query("select from sqs2pg.tokens where token = $1 for update", [entry?.["token"]]);
      return rewrapped(database, TOKENS, BOTH, { clock: hurried });
    });
    expect(report).toMatchObject({
      vault: [{ rewrapped: 2, left: [{ code: "not_updated", key_id: idOf(KEY), count: 1 }] }],
      dispensable_keys: [],
    });
  });
});

describe.concurrent("beside others", () => {
  test("nothing is lost of what others change or insert, two rewraps at once", async ({ database }) => {
    await database.query("create table visits (id text, ip text, note text default '')");
    await load(database, pipelineOf(SIV), KEY, ips(600));
    // A drain that has the old key first, and goes on.
    const drain = await startLoading(database, pipelineOf(SIV), KEY);
    const others = async (): Promise<void> => {
      for (let start = 0; start < 100; start += 10) {
        await drain.load(ips(10, 1_000 + start));
        await database.query(
          "update visits set note = note || 'x' where id in (select id from visits order by random() limit 50)",
        );
      }
    };
    const reports = await Promise.all([
      rewrapped(database, pipelineOf(SIV), BOTH, { batchSize: 20 }),
      rewrapped(database, pipelineOf(SIV), BOTH, { batchSize: 35 }),
      others(),
    ]);
    await drain.close();
    const last = await rewrapped(database, pipelineOf(SIV), BOTH);
    expect([...reports.slice(0, 2), last]).toMatchObject(Array(3).fill({ stopped_because: "done" }));
    const done = [reports[0], reports[1], last].map((report) => report.columns[0]?.rewrapped ?? 0);
    expect(done.reduce((sum, count) => sum + count, 0)).toBe(700);
    const ids = (await database.query("select id from visits order by id")).map(({ id }) => id);
    expect(ids).toHaveLength(700);
    expect(await unmasked(database, "ip", SIV_SPEC, NEW_KEY)).toEqual(ids);
    const notes = await database.query("select sum(length(note))::int as sum from visits");
    expect(notes).toEqual([{ sum: 500 }]);
  });

  test("values keep their tokens, drains with the new key first or only behind", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    const values = ips(400);
    await load(database, TOKENS, KEY, values);
    const tokens = await database.query("select id, ip from visits order by id");
    // From now on the new key is the current one, and all that is there is known under the old one.
    await load(database, TOKENS, BOTH, [], true);
    const draining = async (): Promise<void> => {
      const drain = await startLoading(database, TOKENS, BOTH);
      for (let start = 0; start < values.length; start += 20) {
        await drain.load(values.slice(start, start + 20));
        await drain.load(values.slice(-start - 20, values.length - start));
      }
      await drain.close();
    };
    const [report] = await Promise.all([
      rewrapped(database, TOKENS, BOTH, { batchSize: 7 }),
      draining(),
      draining(),
    ]);
    expect(report).toMatchObject({ vault: [{ rewrapped: 400, left: [] }], dispensable_keys: [idOf(KEY)] });
    expect(await database.query("select distinct id, ip from visits order by id")).toEqual(tokens);
    await load(database, TOKENS, NEW_KEY, values);
    expect(await database.query("select distinct id, ip from visits order by id")).toEqual(tokens);
    expect(await vaultValues(database, parseKeys(NEW_KEY))).toEqual([...values].sort());
  });

  test("a drain with the old key first is stopped before it gives a value a second token", async ({
    database,
  }) => {
    await database.query("create table visits (id text, ip text)");
    const drain = await startLoading(database, TOKENS, KEY);
    await drain.load(ips(3));
    await rewrapped(database, TOKENS, BOTH);
    await expect(drain.load(ips(3))).rejects.toMatchObject({ code: "key_changed" });
    await drain.close();
    expect(await database.query("select from sqs2pg.tokens")).toHaveLength(3);
  });

  test("a rewrap whose key is replaced by yet another one puts nothing more into the vault", async ({
    database,
  }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, TOKENS, KEY, ips(3));
    await load(database, TOKENS, BOTH, [], true);
    const report = await withSession(database, async (session) => {
      await session.query("lock table sqs2pg.tokens in exclusive mode");
      const running = rewrapped(database, TOKENS, BOTH);
      await until("the rewrap waits with its first batch", () => somebodyWaits(database));
      await session.query("update sqs2pg.mask_keys set is_current = false");
      await session.query(
        "insert into sqs2pg.mask_keys (table_name, column_name, strategy, domain, key_id, is_current) values ('visits', 'ip', 'token', 'ip', $1, true)",
        [idOf(generateKey())],
      );
      await session.query("commit");
      return running;
    });
    expect(report).toMatchObject({
      stopped_because: "error",
      error: { kind: "failed", code: "key_changed" },
    });
    expect(await database.query("select distinct key_id from sqs2pg.tokens")).toEqual([
      { key_id: idOf(KEY) },
    ]);
  });
});

async function vaultValues(
  database: { query(sql: string): Promise<Record<string, unknown>[]> },
  keys: Keyring,
): Promise<string[]> {
  const open = createVaultOpener("ip", keys);
  const entries = await database.query("select token, key_id, sealed_value from sqs2pg.tokens");
  return entries
    .map(({ token, key_id: keyId, sealed_value: sealed }) =>
      open({
        token: String(token),
        keyId: String(keyId),
        sealedValue: Buffer.isBuffer(sealed) ? sealed : Buffer.alloc(0),
      }),
    )
    .sort();
}
