import { execa } from "execa";
import { describe, expect } from "vitest";
import { somebodyWaits, test, whileLocked } from "../support/bench.js";
import { runCli, startCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";

const NAMES = [
  "20260101000001_user_logins.js",
  "20260101000002_bookkeeping.js",
  "20260101000003_replay.js",
  "20260101000004_masking.js",
  "20260101000005_newest.js",
];

function relations(database: TestDatabase): Promise<{ name: string }[]> {
  return database.query(`select c.oid::regclass::text as name from pg_class c
    where c.relkind = 'r' and c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'sqs2pg'))
    order by name`);
}

describe.concurrent("migrate", () => {
  test("brings an empty database up to date, once", async ({ emptyDatabase }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    expect(await runCli(["migrate"], { env })).toMatchObject({ exitCode: 0, stderr: "" });
    const again = await runCli(["migrate", "--json"], { env });
    expect(JSON.parse(again.stdout)).toEqual({ applied: [], already: NAMES });
    const names = (await relations(emptyDatabase)).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["sqs2pg.ledger", "sqs2pg.rejects", "sqs2pg.runs", "user_logins"]),
    );
  });

  test("--status and --rollback say what is there and what was undone", async ({ emptyDatabase }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    const json = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await runCli(["migrate", "--json", ...args], { env })).stdout);
    expect(await json("--status")).toEqual({ applied: [], pending: NAMES });
    expect(await relations(emptyDatabase)).toEqual([]);
    expect(await json()).toEqual({ applied: NAMES, already: [] });
    const at = { applied_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) };
    expect(await json("--status")).toEqual({
      applied: NAMES.map((name) => ({ name, ...at })),
      pending: [],
    });
    expect(await json("--rollback")).toEqual({ rolled_back: NAMES.toReversed() });
    expect(await json("--rollback")).toEqual({ rolled_back: [] });
    expect(await json("--status")).toEqual({ applied: [], pending: NAMES });
  });

  test("--rollback refuses while messages could come again, and says how to do it all the same", async ({
    emptyDatabase,
  }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    await runCli(["migrate"], { env });
    await emptyDatabase.query(
      "insert into sqs2pg.ledger values (gen_random_uuid(), gen_random_uuid(), now())",
    );
    const { exitCode, stdout, stderr } = await runCli(["migrate", "--rollback"], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    const [, remedy = ""] = /^sqs2pg: .*, empty it first: (delete from .*)\n$/.exec(stderr) ?? [];
    await emptyDatabase.query(remedy);
    expect(await runCli(["migrate", "--rollback"], { env })).toMatchObject({ exitCode: 0 });
    expect((await relations(emptyDatabase)).map(({ name }) => name)).toContain("user_logins");
  });

  test("eight at once apply each migration once", async ({ emptyDatabase }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    const results = await Promise.all(
      Array.from({ length: 8 }, () => runCli(["migrate", "--json"], { env })),
    );
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(8).fill([0, ""]));
    const applied = results.flatMap(({ stdout }) => JSON.parse(stdout).applied);
    expect(applied.toSorted()).toEqual(NAMES);
  });

  test("stops at a signal, also while it waits for a lock", async ({ emptyDatabase }) => {
    const env = { DATABASE_URL: emptyDatabase.url };
    await runCli(["migrate"], { env });
    await whileLocked(emptyDatabase, "lock table sqs2pg.migrations", async () => {
      const running = startCli(["migrate"], { env });
      await running.until("it waits", () => somebodyWaits(emptyDatabase));
      running.signal("SIGINT");
      expect(await running.result).toMatchObject({
        exitCode: 130,
        stdout: "",
        stderr: expect.stringMatching(/^sqs2pg: interrupted: .* --status shows which\n$/),
      });
    });
  });
});

describe.concurrent("migrate --print-sql", () => {
  test("needs no database, and is the script alone", async () => {
    const { exitCode, stdout, stderr } = await runCli(["migrate", "--print-sql"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^begin;/);
  });

  test("is what psql can run, twice, and then nothing is left to migrate", async ({ emptyDatabase }) => {
    const { stdout: input } = await runCli(["migrate", "--print-sql"]);
    const { failed, code } = await execa("psql", ["--version"], { reject: false });
    for (let time = 0; time < 2; time += 1) {
      // Without psql on this machine, the same text goes over the wire in one simple query.
      if (failed && code === "ENOENT") await emptyDatabase.query(input);
      else await execa("psql", ["-X", "-v", "ON_ERROR_STOP=1", "-q", emptyDatabase.url], { input });
    }
    const env = { DATABASE_URL: emptyDatabase.url };
    const { stdout } = await runCli(["migrate", "--json"], { env });
    expect(JSON.parse(stdout)).toEqual({ applied: [], already: NAMES });
  });
});
