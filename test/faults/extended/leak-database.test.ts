import { describe, expect } from "vitest";
import { addGate, outcomes, reportOf, somebodyWaits, whileLocked } from "../../support/bench.js";
import { test } from "../../support/canaries/bench.js";
import { LOADED_BODIES, REFUSED_BODIES } from "../../support/canaries/bodies.js";

/** What a trigger says once each, with the row in its words, before it lets the row in. */
const PASSING = [
  ["40P01", "a deadlock"],
  ["40001", "a serialization failure"],
  ["53100", "a full disk"],
  ["57014", "a canceled statement"],
  ["57P01", "a shutdown"],
  ["55P03", "a lock that is not given"],
] as const;

const all = { stopped_because: "empty", loaded: LOADED_BODIES.length, rejected: REFUSED_BODIES.length };

describe.concurrent("no value gets out of a load", () => {
  test("that is tried again after one error after the other", async ({ queue, database, run }) => {
    const states = PASSING.map(([state]) => state);
    await database.query("create sequence attempts");
    await database.query(`create function stumble() returns trigger language plpgsql as $$
      declare state text := (array['${states.join("','")}'])[nextval('attempts')];
      begin if state is not null then raise exception '%', new using errcode = state, detail = new::text,
        hint = new::text; end if; return new; end$$`);
    await database.query(
      "create trigger stumble before insert on user_logins for each row execute function stumble()",
    );
    queue.send([...LOADED_BODIES, ...REFUSED_BODIES]);
    const report = reportOf(await run(["drain", "--json"]));
    expect(report).toMatchObject(all);
    expect(report.retries).toBe(states.length);
  });

  test("that runs into the server's statement timeout", async ({ queue, database, run }) => {
    await database.query("create sequence attempts");
    await database.query(`create function dawdle() returns trigger language plpgsql as $$begin
      if nextval('attempts') = 1 then perform pg_sleep(60); end if; return new; end$$`);
    await database.query(
      "create trigger dawdle before insert on user_logins for each row execute function dawdle()",
    );
    await database.query(`alter database ${database.name} set statement_timeout = '500ms'`);
    queue.send(LOADED_BODIES);
    const report = reportOf(await run(["drain", "--json"]));
    expect(report).toMatchObject({ loaded: LOADED_BODIES.length });
    expect(report.retries).toBeGreaterThan(0);
  });

  test("whose connection is cut while it is under way", async ({ queue, database, start }) => {
    queue.send([...LOADED_BODIES, ...REFUSED_BODIES]);
    await addGate(database);
    let running: ReturnType<typeof start> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      running = start(["drain", "--json"]);
      await running.until("the load waits", () => somebodyWaits(database));
      await database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      await running.until("it is tried again", () => /^load: .*attempt 2/m.test(running?.stderr ?? ""));
    });
    const result = await running?.result;
    if (result === undefined) throw new Error("the drain was not started");
    expect(reportOf(result)).toMatchObject(all);
  });

  test("into a database that is read-only, or not there", async ({ queue, database, run }) => {
    queue.send(LOADED_BODIES);
    const elsewhere = new URL(database.url);
    elsewhere.port = "1";
    expect(await run(["drain"], { env: { DATABASE_URL: elsewhere.href } })).toMatchObject({ exitCode: 75 });
    await database.query(`alter database ${database.name} set default_transaction_read_only = on`);
    expect(await run(["drain", "--json"])).toMatchObject({ exitCode: 1 });
    expect(queue.counts().visible).toBe(LOADED_BODIES.length);
  });
});

test("no value gets out of a load while the database crashes and recovers", async ({
  queue,
  database,
  postgres,
  start,
}) => {
  queue.send(Array.from({ length: 40 }, () => LOADED_BODIES).flat());
  queue.send(REFUSED_BODIES);
  await addGate(database);
  let running: ReturnType<typeof start> | undefined;
  await whileLocked(database, "lock table gate", async () => {
    running = start(["drain", "--json", "--batch-size", "10"]);
    await running.until("a load waits", () => somebodyWaits(database));
    await postgres.restart("immediate");
  });
  const result = await running?.result;
  if (result === undefined) throw new Error("the drain was not started");
  const report = reportOf(result);
  expect(report.retries).toBeGreaterThan(0);
  expect(outcomes(report)).toBe(report.received);
  expect(report).toMatchObject({ loaded: 40 * LOADED_BODIES.length, rejected: REFUSED_BODIES.length });
});
