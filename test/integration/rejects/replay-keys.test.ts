import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { parseKey, sealText } from "../../../src/masking/index.js";
import { KEY } from "../../support/bench.js";
import { count, test } from "./bench.js";

const OTHER_KEY = `sqs2pg-key-1:${Buffer.alloc(32, 7).toString("base64url")}`;
const FITS = [{ body: '{"user_id":"ann"}' }, { body: '{"user_id":"bob"}' }];
const ALL = "select * from sqs2pg.rejects where sealed_body is not null order by message_id";

describe.concurrent("what cannot be opened is counted and stays exactly as it is, and the rest is loaded", () => {
  test("sealed with another key", async ({ database, seal, replay }) => {
    const [sealedByOther] = await seal([{}], { key: OTHER_KEY });
    const before = await database.query(ALL);
    await seal(FITS);
    const { exitCode, report, stderr } = await replay(["--quiet"]);
    const ids = [OTHER_KEY, KEY].map((text) => parseKey(text).id);
    expect(stderr).toBe(
      `warning: a reject cannot be opened: it was sealed with the key ${ids[0]}, not with ${ids[1]}: give the key with that id\n`,
    );
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ read: 3, loaded: 2, rejected: 1, sealed_after: 1 });
    expect(report.rejects).toEqual([
      { code: "sealed_wrong_key", field: null, count: 1, example_message_id: sealedByOther },
    ]);
    expect(await database.query(ALL)).toEqual(before);
    expect((await replay([], { env: { SQS2PG_MASK_KEY: `${KEY}\n${OTHER_KEY}` } })).report).toMatchObject({
      rejected: 1,
      rejects: [{ code: "missing" }],
    });
  });

  test("changed, cut off, moved to another message, of a later version, no message at all", async ({
    database,
    seal,
    replayHere,
  }) => {
    const ids = await seal(Array.from({ length: 7 }, () => ({ body: '{"user_id":"eve"}' })));
    const key = parseKey(KEY);
    const set = (index: number, sealed: string, parameters: unknown[] = []) =>
      database.query(`update sqs2pg.rejects set sealed_body = ${sealed} where message_id = $1`, [
        ids[index],
        ...parameters,
      ]);
    await set(0, "set_byte(sealed_body, 40, get_byte(sealed_body, 40) # 1)");
    await set(1, "substring(sealed_body from 1 for 20)");
    await set(2, "(select sealed_body from sqs2pg.rejects where message_id = $2)", [ids[6]]);
    await set(3, "set_byte(sealed_body, 0, 9)");
    await set(4, "$2", [sealText(key, '{"user_id":"eve"}', ids[4] ?? "")]);
    await set(5, "$2", [sealText(key, "user_id=eve", ids[5] ?? "")]);
    const before = (await database.query(ALL)).filter((row) => row["message_id"] !== ids[6]);
    await seal(FITS);

    const report = await replayHere();
    expect(report).toMatchObject({ read: 9, loaded: 3, rejected: 6, sealed_after: 6 });
    expect(Object.fromEntries(report.rejects.map((group) => [group.code, group.count]))).toEqual({
      sealed_corrupted: 4,
      sealed_truncated: 1,
      sealed_version_unknown: 1,
    });
    expect(await database.query(ALL)).toEqual(before);
    expect(await count(database)).toMatchObject({ rows: 3, ledger: 3, replayed: 3 });
  });

  test("nothing but such: no statement loads", async ({ database, seal, replayHere }) => {
    await seal([{}, {}], { key: OTHER_KEY });
    await database.query("insert into sqs2pg.ledger values ($1, $1, now())", [randomUUID()]);
    expect(await replayHere()).toMatchObject({ read: 2, rejected: 2, batches: 0, stopped_because: "done" });
  });
});
