import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import type { RejectRecord, Store } from "../../../src/loader/store.js";
import { useDatabase } from "../../support/database.js";
import { loginStore } from "./login-store.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
let store: Store;
beforeAll(() => {
  store = loginStore(database);
});
afterAll(() => store.close());

function reject(changes: Partial<RejectRecord> = {}): RejectRecord {
  return {
    messageId: randomUUID(),
    queue: "login-queue",
    runId: randomUUID(),
    stage: "transform",
    code: "missing",
    field: "user_id",
    reason: "the field is missing",
    shape: { foo: "string(19)", list: ["number"] },
    sealedBody: null,
    receiveCount: 1,
    sentAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    ...changes,
  };
}

async function stored({ messageId }: RejectRecord) {
  const [row] = await database.query(
    `select *, to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') as sent
     from sqs2pg.rejects where message_id = $1`,
    [messageId],
  );
  return row;
}

test("a reject is stored with everything that is known", async () => {
  const sealedBody = Buffer.from([0, 1, 92, 34, 255]);
  const record = reject({ sealedBody });
  await store.saveRejects([record, reject({ field: null, shape: null })]);
  expect(await stored(record)).toMatchObject({
    queue: "login-queue",
    stage: "transform",
    code: "missing",
    field: "user_id",
    reason: "the field is missing",
    shape: { foo: "string(19)", list: ["number"] },
    sealed_body: sealedBody,
    receive_count: 1,
    sent: "2026-01-02 03:04:05.678",
    run_id: record.runId,
  });
});

test("one that was seen before keeps first_seen and its sealed body", async () => {
  const first = reject({ sealedBody: Buffer.from("sealed") });
  await store.saveRejects([first]);
  await database.query("update sqs2pg.rejects set first_seen = '2020-06-01', last_seen = '2020-06-01'");
  const again = {
    ...first,
    sealedBody: null,
    receiveCount: 2,
    code: "too_long",
    runId: randomUUID(),
    shape: 1,
  };
  await store.saveRejects([again]);
  const row = await stored(first);
  expect(row).toMatchObject({ receive_count: 2, code: "too_long", run_id: again.runId, shape: 1 });
  expect(row?.["sealed_body"]).toEqual(Buffer.from("sealed"));
  expect(row?.["first_seen"].getFullYear()).toBe(2020);
  expect(row?.["last_seen"].getFullYear()).toBeGreaterThan(2020);
});

test("one that is given twice is stored as it was last", async () => {
  const first = reject();
  await store.saveRejects([first, reject(), { ...first, receiveCount: 7 }]);
  expect(await stored(first)).toMatchObject({ receive_count: 7 });
});

test("what PostgreSQL cannot hold does not keep a reject from being stored", async () => {
  const records = [
    reject({ field: "a\0b", reason: "\ud800", shape: { "k\0": "\udfff" } }),
    reject({ shape: JSON.parse(`${"[".repeat(9_000)}${"]".repeat(9_000)}`) }),
    reject({ sentAtMs: Number.NaN }),
  ] as const;
  await store.saveRejects(records);
  expect(await stored(records[0])).toMatchObject({
    field: "a\ufffdb",
    reason: "\ufffd",
    shape: { "k\ufffd": "\ufffd" },
  });
  expect(await stored(records[1])).toMatchObject({ shape: null });
  expect(await stored(records[2])).toMatchObject({ sent_at: null });
});

test("none at all is no statement", async () => {
  await store.saveRejects([]);
});
