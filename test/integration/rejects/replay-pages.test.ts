import { describe, expect } from "vitest";
import { openQuarantine } from "../../../src/loader/open-store.js";
import type { TestDatabase } from "../../support/database.js";
import { until } from "../../support/until.js";
import { count, sealInto, test } from "./bench.js";

const events = (length: number) =>
  Array.from({ length }, (_, index) => ({ body: JSON.stringify({ user_id: `user ${index}` }) }));

/** All rows of all tables, as text. */
async function everything(database: TestDatabase): Promise<unknown> {
  const tables = ["user_logins", "sqs2pg.ledger", "sqs2pg.rejects", "sqs2pg.runs", "sqs2pg.migrations"];
  return Promise.all(
    tables.map((table) => database.query(`select xmin, ctid, t::text from ${table} t order by ctid`)),
  );
}

describe.concurrent("which rejects a replay reads", () => {
  test("all, in pages of --batch-size", async ({ database, seal, replay }) => {
    await seal(events(25));
    const { report } = await replay(["--batch-size", "10"]);
    expect(report).toMatchObject({ stopped_because: "done", read: 25, loaded: 25, batches: 3 });
    expect(await count(database)).toEqual({ rows: 25, ledger: 25, sealed: 0, replayed: 25 });
  });

  test("each once, also those that stay sealed", async ({ seal, replayHere }) => {
    await seal(Array.from({ length: 25 }, () => ({ body: "[]" })));
    const report = await replayHere({ batchSize: 3 });
    expect(report).toMatchObject({ stopped_because: "done", read: 25, rejected: 25, sealed_after: 25 });
  });

  test.for([1, 9, 10, 11, 24, 25, 26])("--max %i is exact", async (max, { seal, database, replayHere }) => {
    await seal(events(25));
    const read = Math.min(max, 25);
    const report = await replayHere({ max, batchSize: 10 });
    expect(report).toMatchObject({ read, loaded: read, sealed_after: 25 - read });
    expect(report.stopped_because).toBe(max <= 25 ? "max" : "done");
    expect(await count(database)).toMatchObject({ rows: read, sealed: 25 - read });
  });

  test("only those with --code", async ({ seal, database, replay }) => {
    await seal(events(3), { code: "missing" });
    await seal(events(4), { code: "too_long" });
    const { report } = await replay(["--code", "too_long"]);
    expect(report).toMatchObject({ read: 4, loaded: 4, sealed_after: 3 });
    expect(
      await database.query("select distinct code from sqs2pg.rejects where sealed_body is not null"),
    ).toEqual([{ code: "missing" }]);
    expect((await replay(["--code", "toolong"])).report).toMatchObject({ read: 0, sealed_after: 3 });
  });

  test("none of another queue, and none of an empty quarantine", async ({ database, seal, replayHere }) => {
    await seal(events(3), { queue: "another-queue" });
    const before = await database.query("select * from sqs2pg.rejects");
    expect(await replayHere()).toMatchObject({
      stopped_because: "done",
      read: 0,
      batches: 0,
      sealed_after: 0,
    });
    expect(await database.query("select * from sqs2pg.rejects")).toEqual(before);
  });

  test("the same of a queue given by its name, URL or ARN", async ({ queue, seal, replayHere }) => {
    await seal(events(6));
    const arn = `arn:aws:sqs:eu-west-1:123456789012:${queue.name}`;
    for (const given of [queue.name, `https://sqs.eu-west-1.amazonaws.com/123456789012/${queue.name}`, arn]) {
      const report = await replayHere({ max: 2 }, { queue: given });
      expect(report).toMatchObject({ queue: queue.name, read: 2, loaded: 2 });
    }
  });

  test("a dry run says what would be loaded, and changes nothing at all", async ({
    seal,
    database,
    replay,
  }) => {
    await seal([...events(12), { body: "[]" }]);
    await seal([{}], { key: `sqs2pg-key-1:${Buffer.alloc(32, 7).toString("base64url")}` });
    const before = await everything(database);
    const { exitCode, report } = await replay(["--dry-run", "--batch-size", "5"]);
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({
      ...{ dry_run: true, stopped_because: "done", read: 14, loaded: 0, duplicates: 0, rejected: 2 },
      ...{ not_tried: 12, in_doubt: 0, batches: 0, sealed_after: 14 },
    });
    expect(await everything(database)).toEqual(before);
  });
});

describe("a page", () => {
  const MIB = 1024 * 1024;

  function open(database: TestDatabase) {
    return openQuarantine({
      database: { url: database.url, env: {} },
      targets: [{ table: { name: "user_logins" }, columns: [] }],
      poolSize: 1,
    });
  }

  test("holds no more bytes than it may, but always one reject", async ({ database }) => {
    const sizes = [3, 4, 2, 9, 1];
    const ids = await sealInto(
      database,
      sizes.map((size) => ({ body: "x".repeat(size * 1_000) })),
      { queue: "big" },
    );
    const bySize = new Map(ids.map((id, index) => [id, sizes[index] ?? 0]));
    const quarantine = open(database);
    const read: string[] = [];
    const wanted = { queue: "big", code: undefined, maxRejects: 100, maxBytes: 7_500 };
    for (let afterId: string | undefined; ; afterId = read.at(-1)) {
      const page = await quarantine.page({ ...wanted, afterId });
      if (page.length === 0) break;
      const total = page.reduce((sum, { messageId }) => sum + (bySize.get(messageId) ?? 0), 0);
      expect(page.length === 1 || total <= 7).toBe(true);
      read.push(...page.map(({ messageId }) => messageId));
    }
    expect(read).toEqual(ids.toSorted());
    await quarantine.close();
  });

  test("of bodies of 1 MiB holds few, in little memory", async ({ database, queue, replay }) => {
    const body = JSON.stringify({ user_id: "ann", filler: "x".repeat(MIB - 100) });
    for (let batch = 0; batch < 4; batch += 1) {
      await sealInto(
        database,
        Array.from({ length: 10 }, () => ({ body })),
        { queue: queue.name },
      );
    }
    const { report } = await replay([], { nodeArgs: ["--max-old-space-size=96"] });
    // 8 MiB a page hold seven of them.
    expect(report).toMatchObject({ read: 40, loaded: 40, batches: 6 });
  });

  test.for([
    ["with a code", "code 0", undefined],
    ["without", undefined, undefined],
    ["after another page", undefined, "80000000-0000-0000-0000-000000000000"],
  ] as const)("is found by the index on what is sealed: %s", async ([, code, afterId], { database }) => {
    await database.query(`insert into sqs2pg.rejects
      (message_id, queue, stage, code, reason, sealed_body, receive_count, run_id)
      select gen_random_uuid(), 'queue ' || i % 3, 'parse', 'code ' || i % 2, repeat('reason ', 40),
             case when i % 2 = 0 then '\\x00'::bytea end, 1, gen_random_uuid() from generate_series(1, 40000) i`);
    await database.query("analyze sqs2pg.rejects");
    const quarantine = open(database);
    const page = { queue: "queue 1", code, afterId, maxRejects: 400, maxBytes: MIB };
    expect(await quarantine.page(page)).toHaveLength(400);
    await quarantine.close();
    const used = "select from pg_stat_user_indexes where indexrelname = 'rejects_sealed' and idx_scan > 0";
    await until("the index was used", async () => (await database.query(used)).length > 0, 5_000);
  });
});
