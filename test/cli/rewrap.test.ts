import { describe, expect } from "vitest";
import { generateKey, parseKey } from "../../src/masking/index.js";
import { addGate, KEY, reportOf, somebodyWaits, test, whileLocked } from "../support/bench.js";
import { type RunningCli, runCli } from "../support/cli.js";
import { urlOf } from "../support/postgres.js";

const NEW_KEY = generateKey();
const SECRETS = [KEY, NEW_KEY].map((line) => line.replace("sqs2pg-key-1:", ""));
const MASK = ["--mask", "aes-siv"];

describe.concurrent("rewrap", () => {
  test("has a report with stable names", async ({ env }) => {
    const { exitCode, stdout, stderr } = await runCli(["rewrap", "--rotate", "--json", "--quiet", ...MASK], {
      env,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^[^\n]*\n$/);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual([
      ...[
        "table",
        "key_id",
        "public_key_id",
        "dry_run",
        "stopped_because",
        "duration_ms",
        "columns",
        "vault",
      ],
      ...["rejects", "not_rewrappable", "dispensable_keys", "unfinished_runs"],
    ]);
    expect(Object.keys(report.columns[0])).toEqual(["column", "strategy", "rewrapped", "left"]);
  });

  test("ends with 1 when something is left, and says what", async ({ env, database, queue, drain }) => {
    queue.send(['{"user_id":"ann","ip":"192.0.2.1","device_id":"d"}']);
    await drain(MASK);
    await database.query("insert into user_logins (user_id, masked_ip) values ('raw', '192.0.2.7')");
    const options = { env: { ...env, SQS2PG_MASK_KEY: NEW_KEY } };
    const { exitCode, stdout, stderr } = await runCli(["rewrap", "--rotate", "--quiet", ...MASK], options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toContain(
      `user_logins.masked_ip: 1 under ${parseKey(KEY).id} left: their key is not among the keys.\n`,
    );
    expect(stdout).toContain("user_logins.masked_ip: 1 left: they do not have the form of the mask.\n");
    expect(stdout).not.toContain("192.0.2.7");
  });

  test("names what cannot be rewrapped at all", async ({ env }) => {
    const { exitCode, stdout } = await runCli(["rewrap", "--rotate", "--quiet"], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^masked_ip \(hmac-sha256\) stays as it is: there is no way back from a hash/m);
  });

  test("shows no key and no value at --log-level debug, also when the database quotes one", async ({
    env,
    database,
    queue,
    drain,
  }) => {
    const value = "can-ary-7734-secret";
    queue.send([`{"user_id":"ann","ip":"${value}","device_id":"${value}"}`]);
    await drain(MASK);
    await database.query(`create function shout() returns trigger language plpgsql as $$begin
      raise exception '%', new using errcode = '42501', detail = new::text, hint = new.masked_ip; end$$`);
    await database.query(
      "create trigger shout before update on user_logins for each row execute function shout()",
    );
    const [stored] = await database.query("select masked_ip from user_logins");
    const options = { env: { ...env, SQS2PG_MASK_KEY: `${NEW_KEY}\n${KEY}` } };
    for (const args of [[], ["--json"]]) {
      const result = await runCli(["rewrap", "--rotate", "--log-level", "debug", ...MASK, ...args], options);
      expect(result.exitCode).toBe(1);
      const text = result.stdout + result.stderr;
      for (const secret of [value, String(stored?.["masked_ip"]), ...SECRETS])
        expect(text).not.toContain(secret);
    }
  });

  test.for([
    ["no key", { SQS2PG_MASK_KEY: undefined }, 2, /the mask of column masked_ip needs a key/],
    ["no database", { DATABASE_URL: undefined }, 2, /no database is given/],
    ["no migrations", "empty", 1, /lacks 5 migrations: run: sqs2pg migrate/],
    ["no server", "nowhere", 75, /PostgreSQL at 127.0.0.1:1\/shop refused the connection/],
  ] as const)(
    "without what it needs: %s",
    async ([, change, code, says], { env, database, emptyDatabase }) => {
      const urls = { empty: emptyDatabase.url, nowhere: urlOf({ ...database.server, port: 1 }, "shop") };
      const changed = typeof change === "string" ? { DATABASE_URL: urls[change] } : change;
      const given: Record<string, string> = {};
      for (const [name, text] of Object.entries({ ...env, ...changed }))
        if (text !== undefined) given[name] = text;
      const result = await runCli(["rewrap", "--rotate", ...MASK, "--json"], { env: given });
      expect(result.exitCode).toBe(code);
      expect(result.stderr).toMatch(says);
      expect(JSON.parse(result.stdout)).toHaveProperty("error.code");
    },
  );

  test("a key that is not rotatable is refused before anything is changed", async ({
    env,
    database,
    queue,
    drain,
  }) => {
    queue.send(['{"user_id":"ann","ip":"192.0.2.1","device_id":"192.0.2.2"}']);
    await drain(["--mask", "ip-prefix"]);
    const before = await database.query("select * from sqs2pg.mask_keys order by column_name");
    const options = { env: { ...env, SQS2PG_MASK_KEY: `${NEW_KEY}\n${KEY}` } };
    const result = await runCli(["rewrap", "--rotate", "--mask", "ip-prefix"], options);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/keep the old one for it with key_id/);
    expect(await database.query("select * from sqs2pg.mask_keys order by column_name")).toEqual(before);
  });

  test.for(["0", "10001", "x"])("refuses --batch-size %s", async (size) => {
    const result = await runCli(["rewrap", "--batch-size", size]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/--batch-size/);
  });
});

test("beside a drain that has the old key first: its run is named, and what it adds comes along later", async ({
  env,
  database,
  queue,
  startDrain,
}) => {
  const [oldId, newId] = [parseKey(KEY).id, parseKey(NEW_KEY).id];
  const both = { env: { ...env, SQS2PG_MASK_KEY: `${NEW_KEY}\n${KEY}` } };
  queue.send(
    Array.from({ length: 40 }, (_, index) =>
      JSON.stringify({ user_id: `u${index}`, ip: `192.0.2.${index}`, device_id: "d" }),
    ),
  );
  await addGate(database, 10);
  let draining: RunningCli["result"] | undefined;
  await whileLocked(database, "lock table gate", async () => {
    const running = startDrain([...MASK, "--batch-size", "10"]);
    draining = running.result;
    await running.until("the second batch waits", () => somebodyWaits(database));
    const first = await runCli(["rewrap", "--rotate", "--json", "--quiet", ...MASK], both);
    expect(first.exitCode).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      stopped_because: "done",
      columns: [{ left: [] }, { left: [] }],
      dispensable_keys: [],
      unfinished_runs: [{ key_id: oldId }],
    });
  });
  expect(reportOf((await draining) ?? expect.fail("no drain"))).toMatchObject({
    loaded: 40,
    stopped_because: "empty",
  });
  const underOld = (): Promise<unknown[]> =>
    database.query("select from user_logins where masked_ip like $1", [`s1.${oldId}.%`]);
  expect((await underOld()).length).toBeGreaterThan(0);
  const { stdout } = await runCli(["rewrap", "--rotate", "--json", "--quiet", ...MASK], both);
  expect(JSON.parse(stdout)).toMatchObject({ dispensable_keys: [oldId], unfinished_runs: [] });
  expect(await underOld()).toEqual([]);
  const onlyNew = { env: { ...env, SQS2PG_MASK_KEY: NEW_KEY } };
  const rows = await database.query("select masked_ip from user_logins");
  const unmasked = await runCli(
    ["unmask", "--json", "--quiet", ...MASK, ...rows.map(({ masked_ip: ip }) => String(ip))],
    onlyNew,
  );
  expect(new Set(JSON.parse(unmasked.stdout).values.map(({ value }: { value: string }) => value)).size).toBe(
    40,
  );
  expect(rows.every(({ masked_ip: ip }) => String(ip).startsWith(`s1.${newId}.`))).toBe(true);
});

describe.concurrent("keys", () => {
  test("never shows a key, and the document has stable names", async ({ env }) => {
    const options = { env: { ...env, SQS2PG_MASK_KEY: `${NEW_KEY}\n${KEY}` } };
    const text = await runCli(["keys"], options);
    const json = await runCli(["keys", "--json"], options);
    for (const { exitCode, stdout, stderr } of [text, json]) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      for (const secret of SECRETS) expect(stdout).not.toContain(secret);
    }
    expect(text.stdout).toMatch(new RegExp(`^${parseKey(NEW_KEY).id} {2}masking key, primary: masks\n`));
    const listing = JSON.parse(json.stdout);
    expect(Object.keys(listing)).toEqual(["database", "keys"]);
    expect(Object.keys(listing.keys[0])).toEqual(["id", "kind", "status", "uses"]);
  });

  test("what is missing wants attention, and is no failure", async ({ env, queue, drain }) => {
    queue.send(['{"user_id":"ann","ip":"192.0.2.1","device_id":"d"}']);
    await drain(MASK);
    const { exitCode, stdout } = await runCli(["keys"], {
      env: { ...env, SQS2PG_MASK_KEY: NEW_KEY, FORCE_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `\u001b[33m${parseKey(KEY).id}  masking key, missing: in use, and not among the keys\u001b[39m`,
    );
  });

  test("without a key and a database has nothing to list", async () => {
    const result = await runCli(["keys", "--json"]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/^sqs2pg: there is neither a key nor a database .*\n$/);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { kind: "usage", code: "nothing_to_list" } });
  });

  test.for(["40", "80", "110"])("fits into %s columns", async (columns, { env, queue, drain }) => {
    queue.send(['{"user_id":"ann","ip":"192.0.2.1","device_id":"d"}']);
    await drain(MASK);
    const { stdout } = await runCli(["keys"], { env: { ...env, COLUMNS: columns } });
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(Number(columns));
  });
});
