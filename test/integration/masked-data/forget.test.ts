import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { openStore } from "../../../src/loader/open-store.js";
import { createColumnMask, keyringOf, type MaskSpec, parseKey } from "../../../src/masking/index.js";
import { KEY, whileLocked } from "../../support/bench.js";
import { runCli, startCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { messageOf } from "../loader/login-store.js";
import { type People, type Person, test } from "./unmask-bench.js";

const NEW_KEY = "sqs2pg-key-1:BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const ANN = { ip: "203.0.113.7", mail: "ann@example.com" };

/** What `forget --json` says. */
type Said = Readonly<Record<string, unknown>>;

async function tokenOf(database: TestDatabase, id: string, column = "ip_token"): Promise<string> {
  const [row] = await database.query<{ token: string }>(
    `select ${column} as token from people where id = $1`,
    [id],
  );
  return row?.token ?? "";
}

async function vault(database: TestDatabase): Promise<Readonly<Record<string, number>>> {
  const rows = await database.query<{ domain: string; count: number }>(
    "select domain, count(*)::integer as count from sqs2pg.tokens group by domain",
  );
  return Object.fromEntries(rows.map(({ domain, count }) => [domain, count]));
}

const person = (filled: People, id: string, changes: Partial<Person>): Person => {
  const [first] = filled.people;
  if (first === undefined) throw new Error("nobody is there");
  return { ...first, id, ...changes };
};

describe.concurrent("a value that is forgotten", () => {
  test("can never be unmasked again, and gets another token when it comes again", async ({
    filled,
    forget,
    unmask,
    drainPeople,
    database,
    log,
  }) => {
    const [token, other, bob] = await Promise.all([
      tokenOf(database, "ann"),
      tokenOf(database, "ann again"),
      tokenOf(database, "bob"),
    ]);
    expect(other).toBe(token);
    const before = await vault(database);
    const result = await forget(["--json"], { input: `::ffff:${ANN.ip}\r\nnot there\n\n${ANN.ip}\n` });
    expect(result.exitCode).toBe(0);
    const said: Said = JSON.parse(result.stdout);
    expect(said).toEqual({
      ...{ dry_run: false, values: 2, forgotten: 1, not_found: 1 },
      domains: [
        { domain: "ip", entries: 1 },
        { domain: "mail", entries: 0 },
      ],
      log_entry: 1,
    });
    expect(await vault(database)).toEqual({ ...before, ip: (before["ip"] ?? 0) - 1 });
    expect(await log()).toMatchObject([
      {
        ...{ command: "forget", source: "stdin", table_name: "people", columns: ["ip_token", "mail_token"] },
        ...{ filter: null, values_done: "1", values_failed: "1", finished: true },
      },
    ]);
    const [whole] = await database.query<{ text: string }>("select l::text as text from sqs2pg.unmask_log l");
    expect(whole?.text).not.toMatch(/203\.0|not there/);

    const unmasked = await unmask(["--json", token, bob]);
    expect(unmasked.exitCode).toBe(1);
    expect(JSON.parse(unmasked.stdout).values).toMatchObject([
      { value: null, error: { code: "forgotten" } },
      { value: "2001:db8::1" },
    ]);

    await drainPeople(filled, [person(filled, "ann later", { ip: ANN.ip })]);
    const later = await tokenOf(database, "ann later");
    expect(later).not.toBe(token);
    expect(await tokenOf(database, "ann")).toBe(token);
    expect((await unmask([later])).stdout).toBe(`${ANN.ip}\n`);
    expect((await unmask([token])).stdout).toBe("\n");
  });

  test("by its token, without a key", async ({ filled, database }) => {
    const token = await tokenOf(database, "ann", "mail_token");
    const args = ["forget", "--config", filled.config, "--json", token, "t1.AAAAAAAAAAAAAAAAAAAAAA"];
    const { stdout, stderr } = await runCli(args, { env: { DATABASE_URL: database.url } });
    expect(JSON.parse(stdout)).toMatchObject({ forgotten: 1, not_found: 1 });
    expect(stderr).not.toContain("visible");
    expect(await database.query("select from sqs2pg.tokens where token = $1", [token])).toEqual([]);
  });

  test("in one domain only, or in all of them", async ({ filled, drainPeople, forget, database }) => {
    await drainPeople(filled, [person(filled, "odd", { ip: "192.0.2.1", mail: "192.0.2.1" })]);
    const before = await vault(database);
    const only = await forget(["--domain", "mail", "--json"], { input: "192.0.2.1\n" });
    expect(JSON.parse(only.stdout)).toMatchObject({
      forgotten: 1,
      domains: [{ domain: "mail", entries: 1 }],
    });
    const as = await forget(["--as", "mail_token", "--json"], { input: "192.0.2.1\n" });
    expect(JSON.parse(as.stdout)).toMatchObject({ forgotten: 0, domains: [{ domain: "mail", entries: 0 }] });
    const token = await tokenOf(database, "odd");
    expect(JSON.parse((await forget(["--domain", "mail", "--json", token])).stdout)).toMatchObject({
      not_found: 1,
    });
    const all = await forget(["--json"], { input: `192.0.2.1\n${token}\n` });
    expect(JSON.parse(all.stdout)).toMatchObject({ values: 2, forgotten: 2, not_found: 0 });
    expect(await vault(database)).toEqual({
      ip: (before["ip"] ?? 0) - 1,
      mail: (before["mail"] ?? 0) - 1,
    });
  });

  test("is not brought back by a message that is delivered again", async ({
    filled,
    queue,
    forget,
    database,
    env,
  }) => {
    const sent = queue.send([JSON.stringify(person(filled, "twice", { ip: "192.0.2.9" }))]);
    const drainEnv = { ...env, SQS2PG_MASK_KEY: filled.keys };
    const drain = async (): Promise<Said> =>
      JSON.parse((await runCli(["drain", "--json", "--config", filled.config], { env: drainEnv })).stdout);
    expect(await drain()).toMatchObject({ loaded: 1 });
    await forget([], { input: "192.0.2.9\n" });
    const before = await vault(database);
    queue.deliverAgain(sent);
    expect(await drain()).toMatchObject({ loaded: 0, duplicates: 1 });
    expect(await vault(database)).toEqual(before);
  });

  test("is found under an older key too; where that key is not held, nothing is deleted", async ({
    filled,
    forget,
    database,
    log,
  }) => {
    const rotated = { SQS2PG_MASK_KEY: `${NEW_KEY}\n${filled.keys}` };
    const before = await vault(database);
    const without = await forget(["--json"], {
      env: { SQS2PG_MASK_KEY: NEW_KEY },
      input: `${ANN.ip}\n${await tokenOf(database, "bob")}\n`,
    });
    expect(without.exitCode).toBe(2);
    const id = parseKey(KEY).id;
    expect(JSON.parse(without.stdout).error).toMatchObject({
      code: "vault_key_missing",
      message: expect.stringMatching(
        new RegExp(`^the vault has tokens under ${id}, .* nothing was deleted: `),
      ),
    });
    expect(await vault(database)).toEqual(before);
    expect(await log()).toEqual([]);
    const withBoth = await forget(["--json"], { env: rotated, input: `${ANN.ip}\n` });
    expect(JSON.parse(withBoth.stdout)).toMatchObject({ forgotten: 1 });
  });

  test("--dry-run says the same, and changes nothing", async ({ filled: _filled, forget, database, log }) => {
    const before = await vault(database);
    const input = `${ANN.ip}\n${ANN.mail}\n${await tokenOf(database, "bob")}\nnope\n`;
    const dry = JSON.parse((await forget(["--dry-run", "--json"], { input })).stdout);
    expect(dry).toMatchObject({ dry_run: true, values: 4, forgotten: 3, not_found: 1, log_entry: null });
    expect(await vault(database)).toEqual(before);
    expect(await log()).toEqual([]);
    const done = JSON.parse((await forget(["--json"], { input })).stdout);
    expect({ ...done, dry_run: true, log_entry: null }).toEqual(dry);
  });
});

const MAIL: MaskSpec = { strategy: "token", domain: "mail" };

/** Loads people as a drain does; what it answers with is the promise of the load. */
function loadMails(database: TestDatabase, mails: readonly string[], key = KEY): Promise<unknown> {
  const store = openStore({
    database: { url: database.url, env: {} },
    targets: [
      {
        table: { name: "people" },
        columns: [
          { name: "id", type: { name: "text" } },
          { name: "mail_token", type: { name: "text" }, mask: MAIL },
        ],
      },
    ],
    poolSize: 1,
  });
  const mask = createColumnMask(MAIL, keyringOf(parseKey(key)));
  const messages = mails.map((mail) => messageOf([randomUUID(), mask(mail)]));
  const batch = { runId: randomUUID(), stamp: "2026-01-01T00:00:00.000001Z", messages };
  return store.load(batch, { isRetry: false }).finally(() => store.close());
}

const WAITING = `select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe.concurrent("beside a drain", () => {
  test("waits for a load under way, and forgets what that has made", async ({
    filled,
    unmaskEnv,
    database,
  }) => {
    // The load waits before its row goes in, with the new entry of the vault made.
    await database.query(
      "create function hold() returns trigger language plpgsql as 'begin lock table gate in access share mode; return new; end'",
    );
    await database.query("create table gate ()");
    await database.query("create trigger hold before insert on people for each row execute function hold()");
    let loading: Promise<unknown> = Promise.resolve();
    let forgetting: ReturnType<typeof startCli> | undefined;
    await whileLocked(database, "lock table gate", async () => {
      loading = loadMails(database, ["new@example.com"]);
      const waits = async (pattern: RegExp): Promise<boolean> =>
        (await database.query<{ query: string }>(WAITING)).some(({ query }) => pattern.test(query));
      forgetting = startCli(["forget", "--config", filled.config, "--json"], {
        env: unmaskEnv,
        input: "new@example.com\n",
      });
      await forgetting.until(
        "both wait",
        async () => (await waits(/^lock table/)) && (await waits(/incoming/)),
      );
    });
    await loading;
    const result = await forgetting?.result;
    expect(JSON.parse(result?.stdout ?? "")).toMatchObject({ forgotten: 1, not_found: 0 });
    const [row, ...others] = await database.query<{ token: string }>(
      "select mail_token as token from people where mail_token is not null and mail_sealed is null",
    );
    expect(row?.token).toMatch(/^t1\./);
    expect(others).toEqual([]);
    expect(await database.query("select from sqs2pg.tokens where token = $1", [row?.token])).toEqual([]);
  });

  test("many loads and many forgets at once: nobody fails", async ({ filled, unmaskEnv, database }) => {
    const args = ["forget", "--config", filled.config];
    const mails = Array.from({ length: 300 }, (_, index) => `m${index}@example.com`);
    const loads = async (): Promise<void> => {
      for (let round = 0; round < 6; round += 1) {
        const shuffled = round % 2 === 0 ? mails : mails.toReversed();
        await loadMails(database, shuffled);
      }
    };
    const forgets = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) {
        const input = `${mails.slice(round * 50, round * 50 + 150).join("\n")}\n`;
        const result = await runCli(args, { env: unmaskEnv, input });
        expect(result).toMatchObject({ exitCode: 0 });
      }
    };
    await Promise.all([loads(), loads(), loads(), forgets(), forgets()]);
    const input = `${mails.join("\n")}\n`;
    const forget = async (): Promise<unknown> =>
      JSON.parse((await runCli([...args, "--json"], { env: unmaskEnv, input })).stdout);
    await forget();
    expect(await forget()).toMatchObject({ values: 300, forgotten: 0 });
  });
});
