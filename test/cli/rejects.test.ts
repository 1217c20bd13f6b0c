import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import type { RejectListing } from "../../src/rejects/list-rejects.js";
import { refusedEvents, test } from "../integration/rejects/bench.js";
import { runCli } from "../support/cli.js";

const CANARY = "canary-5512";

describe.concurrent("rejects", () => {
  test("counts what is where, by code, with examples by message id and never a value", async ({
    queue,
    database,
    drain,
    quarantine,
    replay,
    replayEnv,
  }) => {
    await database.query("alter table user_logins add constraint known check (locale <> 'ZZ')");
    const late = queue.send(refusedEvents(2));
    await drain();
    const sealed = await quarantine([
      `{"${CANARY}":"${CANARY}"}`,
      `{"user_id":"${CANARY.repeat(20)}"}`,
      "[]",
      "[]",
    ]);
    const [again] = await quarantine(refusedEvents(1));
    await database.query("alter table user_logins drop constraint known");
    queue.deliverAgain(late.slice(0, 1));
    expect((await drain()).report).toMatchObject({ loaded: 1 });
    expect((await replay(["--code", "sqlstate_23514"])).report).toMatchObject({ loaded: 1 });

    const { exitCode, stdout, stderr } = await runCli(["rejects", "--json"], { env: replayEnv });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).not.toContain(CANARY);
    const listing: RejectListing = JSON.parse(stdout);
    expect(Object.keys(listing)).toEqual(["queue", "code", "counts", "groups"]);
    expect(listing).toMatchObject({
      queue: queue.name,
      code: null,
      counts: { quarantined: 4, left: 1, replayed: 1, loaded: 1 },
    });
    expect(Object.keys(listing.groups[0] ?? {})).toEqual([
      ...["queue", "status", "stage", "code", "field", "reason", "count"],
      ...["first_seen", "last_seen", "example_message_ids"],
    ]);
    const brief = listing.groups.map(({ status, code, field, count }) => [status, code, field, count]);
    expect(brief[0]).toEqual(["quarantined", "no_records", null, 2]);
    expect(brief.slice(1).sort()).toEqual([
      ["left", "sqlstate_23514", "known", 1],
      ["loaded", "sqlstate_23514", "known", 1],
      ["quarantined", "missing", "user_id", 1],
      ["quarantined", "too_long", "user_id", 1],
      ["replayed", "sqlstate_23514", "known", 1],
    ]);
    expect(listing.groups[0]?.example_message_ids.toSorted()).toEqual(
      sealed
        .slice(2)
        .map(({ messageId }) => messageId)
        .sort(),
    );
    const replayedGroup = listing.groups.find(({ status }) => status === "replayed");
    expect(replayedGroup?.example_message_ids).toEqual([again?.messageId]);

    const forPeople = await runCli(["rejects"], { env: replayEnv });
    expect(forPeople.stdout).not.toContain(CANARY);
    expect(forPeople.stdout).toMatch(/^Quarantined: 4 rejects\n/);
    expect(forPeople.stdout).toMatch(/\n\nLeft on the queue: 1 reject\n/);
    expect(forPeople.stdout).toMatch(/\n\nDealt with: 1 replayed, 1 loaded by a later delivery\n$/);
  });

  test("--code, --all-queues, and other queues left out", async ({ seal, queue, replayEnv }) => {
    await seal([{}, {}], { code: "missing" });
    await seal([{}], { code: "too_long" });
    await seal([{}, {}, {}, {}, {}], { queue: "elsewhere", code: "missing" });
    const list = async (...args: string[]): Promise<RejectListing> =>
      JSON.parse((await runCli(["rejects", "--json", ...args], { env: replayEnv })).stdout);
    expect(await list()).toMatchObject({ queue: queue.name, counts: { quarantined: 3 } });
    for (const sqlState of ["sqlstate_P0001", "P0001", "p0001"]) {
      expect(await list("--code", sqlState)).toMatchObject({ code: "sqlstate_P0001" });
    }
    expect(await list("--code", "missing")).toMatchObject({ code: "missing", counts: { quarantined: 2 } });
    const all = await list("--all-queues", "--code", "missing");
    expect(all).toMatchObject({ queue: null, counts: { quarantined: 7 } });
    expect(all.groups.map((group) => [group.queue, group.count])).toEqual([
      ["elsewhere", 5],
      [queue.name, 2],
    ]);
    expect(all.groups[0]?.example_message_ids).toHaveLength(3);
    const arn = `arn:aws:sqs:eu-west-1:123456789012:${queue.name}`;
    expect(await list("--queue", arn)).toMatchObject({ queue: queue.name, counts: { quarantined: 3 } });
  });

  test("nothing there, and nothing with that code", async ({ seal, queue, replayEnv }) => {
    const none = {
      queue: queue.name,
      counts: { quarantined: 0, left: 0, replayed: 0, loaded: 0 },
      groups: [],
    };
    const empty = await runCli(["rejects", "--json"], { env: replayEnv });
    expect(JSON.parse(empty.stdout)).toEqual({ ...none, code: null });
    await seal([{}]);
    const { stdout } = await runCli(["rejects", "--code", "nope"], { env: replayEnv });
    expect(stdout).toBe(`No open rejects of ${queue.name} with the code nope\n`);
  });

  test("needs no key and nothing of AWS", async ({ replayEnv }) => {
    const { SQS2PG_MASK_KEY: _key, ...env } = replayEnv;
    expect(await runCli(["rejects"], { env })).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("sends nothing to a terminal that it would obey", async ({ database, replayEnv }) => {
    const nasty = "q\u001b[31m\u009b31m\u202e\r\nx";
    await database.query(
      `insert into sqs2pg.rejects (message_id, queue, stage, code, field, reason, sealed_body, receive_count, run_id)
       values ($1, $2, 'load', $2, $2, $2, '\\x00', 1, $1)`,
      [randomUUID(), nasty],
    );
    const { stdout } = await runCli(["rejects", "--all-queues"], { env: { ...replayEnv, FORCE_COLOR: "0" } });
    expect(stdout).toContain("q\\u001b[31m\\u009b31m\\u202e\\r\\nx");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const result = await runCli(["rejects", "--code", nasty], { env: replayEnv });
    expect(result.stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
