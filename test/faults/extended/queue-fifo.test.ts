import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, whileLocked } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";
import { FOREIGN_BODY } from "../../support/events.js";
import { traceableEvents, settled as whereabouts } from "../../support/settled.js";
import type { SentMessage, TestQueue } from "../../support/sqs.js";
import { test as faultsTest } from "../../support/sqs-faults/bench.js";
import { always, between, refuse } from "../../support/sqs-faults/refusals.js";
import { until } from "../../support/until.js";

const test = faultsTest.extend<{ queue: TestQueue }>({
  queue: async ({ sqs }, use) => {
    await use(sqs.createQueue(`queue-${randomUUID()}.fifo`));
  },
});

const GROUPS = ["a", "b", "c"];
const PER_GROUP = 6;

/** The groups' events in turns; a user's number is the place of the event in the order of sending. */
function sendGroups(queue: TestQueue): SentMessage[] {
  const bodies = traceableEvents(GROUPS.length * PER_GROUP);
  return bodies.flatMap((body, index) =>
    queue.send([body], { groupId: GROUPS[index % GROUPS.length] ?? "a" }),
  );
}

/** Notes the order in which rows come in. */
async function addDiary(database: TestDatabase): Promise<void> {
  await database.query("create table diary (at bigserial, user_id text)");
  await database.query(`create function note() returns trigger language plpgsql as
    'begin insert into diary (user_id) values (new.user_id); return new; end'`);
  await database.query(
    "create trigger note after insert on user_logins for each row execute function note()",
  );
}

async function expectOrder(database: TestDatabase): Promise<void> {
  const rows = await database.query<{ user_id: string }>("select user_id from diary order by at");
  const places = rows.map(({ user_id }) => Number(user_id.replace("user-", "")));
  for (const [group] of GROUPS.entries()) {
    const ofGroup = places.filter((place) => place % GROUPS.length === group);
    expect(ofGroup).toEqual(Array.from({ length: PER_GROUP }, (_, turn) => turn * GROUPS.length + group));
  }
}

const leasesEnded = (queue: TestQueue): Promise<void> =>
  until("all leases have ended", () => queue.counts().in_flight === 0);

describe.concurrent("a FIFO queue: the rows of a group come in the order in which they were sent", () => {
  test("after a drain was killed while it loaded", async ({ queue, database, startFaulty, settled }) => {
    const sent = sendGroups(queue);
    await addDiary(database);
    await addGate(database);
    const running = startFaulty(["--visibility", "2"]);
    await whileLocked(database, "lock table gate", async () => {
      await running.until("a load waits", () => somebodyWaits(database));
      running.signal("SIGKILL");
      await running.result;
    });
    await settled(sent);
    await expectOrder(database);
  });

  test("after a load failed: what it had is given back, and holds its group until then", async ({
    queue,
    database,
    startFaulty,
    settled,
  }) => {
    const sent = sendGroups(queue);
    await addDiary(database);
    await database.query("alter table diary rename to away");
    const result = await startFaulty(["--visibility", "30"]).result;
    expect(result.exitCode).toBe(1);
    const report = reportOf(result);
    expect(report).toMatchObject({ received: GROUPS.length, loaded: 0, released: GROUPS.length });
    await database.query("alter table away rename to diary");
    await settled(sent);
    await expectOrder(database);
  });

  test("after deletes failed: the group waits for them", async ({
    queue,
    database,
    faults,
    faulty,
    settled,
  }) => {
    const sent = sendGroups(queue);
    await addDiary(database);
    faults.on("DeleteMessageBatch", between(1, 6, always(refuse("InternalError", 500))));
    const { exitCode, report } = await faulty(["--max", String(sent.length)]);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ loaded: sent.length, duplicates: 0, deleted: sent.length });
    expect(await settled(sent)).toBeUndefined();
    await expectOrder(database);
  });
});

test("a FIFO queue: a reject that is left holds its group and no other", async ({
  queue,
  database,
  faulty,
}) => {
  const [first = "", third = ""] = traceableEvents(2);
  const sent = [first, FOREIGN_BODY, third].flatMap((body) => queue.send([body], { groupId: "held" }));
  const others = traceableEvents(9).slice(2);
  sent.push(...others.flatMap((body, index) => queue.send([body], { groupId: `free-${index % 2}` })));
  const { exitCode, report } = await faulty(["--visibility", "8", "--max-duration", "12s"]);
  // Its own deadline comes first: the counter shows a message that the group does not hand out.
  expect(exitCode).toBe(3);
  expect(report).toMatchObject({ received: 9, loaded: 8, rejected: 1, deleted: 8 });
  expect(outcomes(report)).toBe(9);
  expect(queue.bodies().sort()).toEqual([FOREIGN_BODY, third].sort());
  await leasesEnded(queue);
  expect(await whereabouts({ sent, queue, database })).toEqual({ rows: 8, rejects: 1, queued: 2 });
});
