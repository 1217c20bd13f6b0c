import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.js";
import { type LoadResult, loadBatch } from "../../../src/loader/load-batch.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { LoadBatch, Store } from "../../../src/loader/store.js";
import type { Value } from "../../../src/row.js";
import { useDatabase } from "../../support/database.js";
import { ann, bob, handedOut, loginStore, batchOf as newBatchOf } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let store: Store;

beforeEach(async () => {
  await database.query("truncate user_logins, sqs2pg.ledger");
  store = loginStore(database);
});
afterEach(() => store.close());

const once = { isRetry: false };
const users = async (): Promise<unknown[]> =>
  (await database.query("select user_id from user_logins order by 1")).map((row) => row["user_id"]);
const ledgerSize = async (): Promise<number> => (await database.query("select from sqs2pg.ledger")).length;
const load = (batch: LoadBatch): Promise<LoadResult> =>
  loadBatch(batch, { store, clock: systemClock, retryForMs: 20_000 });

describe.each([
  ["for the first time", 1],
  ["once more", 2],
])("handed out %s:", (_, receiveCount) => {
  const batchOf = (...rows: readonly (readonly Value[])[]): LoadBatch =>
    handedOut(newBatchOf(...rows), receiveCount);

  describe("a batch", () => {
    test("is rows and ledger, with the values as they were", async () => {
      const batch = batchOf(ann, bob);
      expect(await store.load(batch, once)).toMatchObject({ loaded: 2, duplicates: 0 });
      const rows = await database.query("select *, create_date::text from user_logins order by user_id");
      expect(rows).toMatchObject([
        { user_id: "ann", locale: "RU", app_version: 20_300, create_date: "2026-03-04", masked_ip: null },
        { user_id: "bob", locale: null, app_version: null },
      ]);
      const ledger = await database.query(
        "select run_id, (loaded_at at time zone 'UTC')::text as loaded_at from sqs2pg.ledger",
      );
      expect(ledger).toEqual(Array(2).fill({ run_id: batch.runId, loaded_at: "2026-03-04 05:06:07.123456" }));
    });

    test("that comes again is duplicates", async () => {
      const batch = batchOf(ann, bob);
      await store.load(batch, once);
      const { messages } = batchOf(["carl", null, null, null]);
      const again = { ...batch, stamp: "2026-03-05T00:00:00Z", messages: [...batch.messages, ...messages] };
      expect(await store.load(again, once)).toMatchObject({ loaded: 1, duplicates: 2 });
      expect(await users()).toEqual(["ann", "bob", "carl"]);
    });

    test("with a message twice holds one row of it", async () => {
      const batch = batchOf(ann, bob);
      const twice = { ...batch, messages: [...batch.messages, ...batch.messages] };
      expect(await store.load(twice, once)).toMatchObject({ loaded: 2, duplicates: 2 });
      expect(await users()).toEqual(["ann", "bob"]);
    });

    test("goes in in its order, whatever its message ids", async () => {
      const names = Array.from({ length: 200 }, (_, index) => `user${index}`);
      await store.load(batchOf(...names.map((name) => [name, null, null, null])), once);
      const rows = await database.query("select user_id from user_logins order by ctid");
      expect(rows.map((row) => row["user_id"])).toEqual(names);
    });

    test("whose commit nobody heard of counts as loaded when it is sent again", async () => {
      const earlier = batchOf(bob);
      await store.load(earlier, once);
      const fresh = batchOf(ann);
      const batch = {
        ...fresh,
        stamp: "2026-03-04T05:06:07.123457Z",
        messages: [...fresh.messages, ...earlier.messages],
      };
      await store.load(batch, once);
      expect(await store.load(batch, { isRetry: true })).toMatchObject({ loaded: 1, duplicates: 1 });
      expect(await users()).toEqual(["ann", "bob"]);
    });

    test("with a row that fails leaves neither rows nor ledger", async () => {
      const batch = batchOf(ann, ["x".repeat(129), null, null, null]);
      await expect(store.load(batch, once)).rejects.toMatchObject({ class: "data", sqlState: "22001" });
      expect(await users()).toEqual([]);
      expect(await ledgerSize()).toBe(0);
    });
  });

  describe("a bad row is found, and the others are loaded", () => {
    async function expectReject(bad: LoadBatch, code: string, field: string | null): Promise<void> {
      const others = batchOf(...Array.from({ length: 7 }, (_, index) => [`user${index}`, null, 1, null]));
      const messages = [...others.messages.slice(0, 3), ...bad.messages, ...others.messages.slice(3)];
      const result = await load({ ...others, messages });
      expect(result).toMatchObject({ loaded: 7, duplicates: 0, unloaded: [], inDoubt: [], error: null });
      expect(result.rejects).toMatchObject([
        { messageId: bad.messages[0]?.messageId, reject: { stage: "load", code, field } },
      ]);
      expect(result.statements).toBe(1 + 2 * 3);
      expect(await users()).toHaveLength(7);
      expect(await ledgerSize()).toBe(7);
      expect(JSON.stringify(result.rejects)).not.toContain("SECRET");
    }

    test("too long", () =>
      expectReject(batchOf(["SECRET".repeat(40), null, 1, null]), "sqlstate_22001", null));
    test("a number out of range", () =>
      expectReject(batchOf(["SECRET", null, 3e9, null]), "sqlstate_22003", null));
    test("NUL in a text", () => expectReject(batchOf(["SECRET\0", null, 1, null]), "sqlstate_22021", null));

    test("a check constraint", async () => {
      await database.query("alter table user_logins add constraint positive check (app_version > 0)");
      try {
        await expectReject(batchOf(["SECRET", null, -1, null]), "sqlstate_23514", "positive");
      } finally {
        await database.query("alter table user_logins drop constraint positive");
      }
    });

    test("a column that must not be null", async () => {
      await database.query("alter table user_logins alter app_version set not null");
      try {
        await expectReject(batchOf(["SECRET", null, null, null]), "sqlstate_23502", "app_version");
      } finally {
        await database.query("alter table user_logins alter app_version drop not null");
      }
    });

    test("a constraint that is looked at on commit only", async () => {
      await database.query(
        "alter table user_logins add constraint one unique (user_id) deferrable initially deferred",
      );
      try {
        await expectReject(batchOf(["user1", "SECRET", 1, null]), "sqlstate_23505", "one");
      } finally {
        await database.query("alter table user_logins drop constraint one");
      }
    });

    test.each(["P0001", "U0001"])("a trigger that raises %s", async (sqlState) => {
      await database.query(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.locale = 'SECRET' then raise exception 'no %', new using errcode = '${sqlState}'; end if;
      return new; end $$`);
      await database.query(
        "create trigger refuse before insert on user_logins for each row execute function refuse()",
      );
      try {
        await expectReject(batchOf(["x", "SECRET", 1, null]), `sqlstate_${sqlState}`, null);
      } finally {
        await database.query("drop function refuse cascade");
      }
    });
  });

  test("rows that a trigger leaves out are loaded all the same: their messages are done", async () => {
    await database.query(
      `create function skip() returns trigger language plpgsql as $$ begin return null; end $$`,
    );
    await database.query(
      "create trigger skip before insert on user_logins for each row execute function skip()",
    );
    try {
      expect(await store.load(batchOf(ann, bob), once)).toMatchObject({ loaded: 2, duplicates: 0 });
      expect(await users()).toEqual([]);
    } finally {
      await database.query("drop function skip cascade");
    }
  });

  test("loads that share messages in opposite orders wait for each other and load each once", async () => {
    const { messages, runId } = batchOf(
      ...Array.from({ length: 2_000 }, (_, index) => [`user${index}`, null, null, null]),
    );
    const other = loginStore(database);
    try {
      for (let round = 0; round < 10; round++) {
        const part = messages.slice(round * 200, round * 200 + 200);
        const counts = await Promise.all([
          store.load({ runId, stamp: "2026-01-01T00:00:00Z", messages: part }, once),
          other.load({ runId, stamp: "2026-01-01T00:00:01Z", messages: part.toReversed() }, once),
        ]);
        expect(counts[0].loaded + counts[1].loaded).toBe(200);
      }
    } finally {
      await other.close();
    }
    expect(await users()).toHaveLength(2_000);
  });
});
