import { describe, expect } from "vitest";
import { test } from "../support/bench.js";
import { type CliResult, runCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";
import { until } from "../support/until.js";

/** Stands for personal data wherever a body can hold some; the quote and the slash are written differently in places. */
const CANARY = 'can"ary/7734-secret';

/** Every spelling in which a value may get out. */
const SPELLINGS = [
  CANARY,
  "ary/7734",
  "7734-secret",
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString("hex"),
  ...[0, 1, 2].map((shift) =>
    // base64 of the text wherever it stands: the ends depend on what is beside it.
    Buffer.from("x".repeat(shift) + CANARY)
      .toString("base64")
      .slice(4, -4),
  ),
];

function leaksIn(text: string): string[] {
  return SPELLINGS.filter((spelling) => text.toLowerCase().includes(spelling.toLowerCase()));
}

/** All tables of the database as text, bytes in hex; `user_id` and the like are not masked, so no canary is put there. */
async function dump(database: TestDatabase): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)'`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) => database.query<{ row: string }>(`select t::text as row from ${name} t`)),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join("\n");
}

const bodies = [
  JSON.stringify({ user_id: "ann", ip: CANARY, device_id: CANARY }),
  JSON.stringify({ user_id: "bob", ip: { address: CANARY } }),
  JSON.stringify({ user_id: "eve", ip: `${CANARY}\u0000` }),
  JSON.stringify({ user_id: CANARY.repeat(20) }),
  JSON.stringify({ [CANARY]: CANARY, list: [CANARY] }),
  JSON.stringify({ user_id: { [CANARY]: 1 } }),
  JSON.stringify({ user_id: "zoe", app_version: CANARY, extra: CANARY }),
  `{"user_id": ${CANARY}`,
  CANARY,
  JSON.stringify([CANARY]),
];

describe.concurrent("no value gets out at --log-level debug", () => {
  const debug = ["--log-level", "debug"];

  async function expectNoLeak(result: CliResult, database?: TestDatabase): Promise<void> {
    expect(leaksIn(result.stdout)).toEqual([]);
    expect(leaksIn(result.stderr)).toEqual([]);
    if (database !== undefined) expect(leaksIn(await dump(database))).toEqual([]);
  }

  test("the search itself finds each spelling", () => {
    for (const shift of [0, 1, 2, 3, 4]) {
      const encoded = Buffer.from(`{${" ".repeat(shift)}"ip":"${CANARY}"}`).toString("base64");
      expect(leaksIn(encoded)).not.toEqual([]);
    }
    expect(leaksIn(JSON.stringify({ a: CANARY }))).not.toEqual([]);
  });

  test("from a drain with rejects of every kind", async ({ queue, env, database }) => {
    queue.send(bodies);
    const result = await runCli(["drain", ...debug], { env });
    expect(result.exitCode).toBe(3);
    await expectNoLeak(result, database);
    expect(await database.query("select from sqs2pg.rejects")).toHaveLength(bodies.length - 2);
  });

  test("from peek and a dry run", async ({ queue, queueEnv }) => {
    queue.send(bodies);
    for (const args of [["peek"], ["peek", "--json"], ["drain", "--dry-run"]]) {
      await expectNoLeak(await runCli([...args, ...debug], { env: queueEnv }));
    }
  });

  test("from sealed bodies", async ({ queue, env, database }) => {
    queue.send(bodies);
    const result = await runCli(["drain", "--on-reject", "quarantine", ...debug], { env });
    await expectNoLeak(result, database);
    expect(queue.messageIds()).toEqual([]);
  });

  test("from what a constraint or a trigger of the database refuses", async ({ queue, env, database }) => {
    await database.query("alter table user_logins add constraint short check (length(user_id) < 20)");
    await database.query(`create function shout() returns trigger language plpgsql as
      $$begin if new.locale is not null then raise exception 'no % here: %', new.locale, new using detail = new::text,
        hint = new.locale; end if; return new; end$$`);
    await database.query(
      "create trigger shout before insert on user_logins for each row execute function shout()",
    );
    queue.send([
      JSON.stringify({ user_id: `${CANARY} and more` }),
      JSON.stringify({ user_id: "ann", locale: CANARY }),
      JSON.stringify({ user_id: "bob", ip: CANARY }),
    ]);
    const result = await runCli(["drain", "--json", ...debug], { env });
    expect(JSON.parse(result.stdout)).toMatchObject({ loaded: 1, rejected: 2 });
    await expectNoLeak(result, database);
  });

  test("from a database that fails in the middle", async ({ queue, env, database }) => {
    // Fatal for the whole statement, with the row in its text.
    await database.query(`create function break() returns trigger language plpgsql as
      $$begin raise exception '%', new using errcode = '42501', detail = new::text; end$$`);
    await database.query(
      "create trigger break before insert on user_logins for each row execute function break()",
    );
    queue.send([JSON.stringify({ user_id: CANARY, ip: CANARY })]);
    const result = await runCli(["drain", "--json", ...debug], { env });
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ stopped_because: "error", received: 1, released: 1 });
    expect(result.stderr).toMatch(/^ {4}at /m);
    await expectNoLeak(result, database);
    await until("it is given back", () => queue.counts().visible === 1);
  });
});
