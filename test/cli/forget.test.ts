import { execa } from "execa";
import { describe, expect, test as plainTest } from "vitest";
import { complaints, test } from "../integration/masked-data/unmask-bench.js";
import { KEY, whileLocked } from "../support/bench.js";
import { BIN, type CliResult, runCli, startCli } from "../support/cli.js";
import { urlOf } from "../support/postgres.js";

const CANARY = "canary-7734";
const NO_DATABASE = { SQS2PG_MASK_KEY: KEY, DATABASE_URL: "postgres://u@127.0.0.1:1/d" };

/** The login pipeline, with both masked columns as tokens; the database is never got to. */
const forgetLogin = (args: readonly string[], input = ""): Promise<CliResult> =>
  runCli(["forget", "--mask", "token", ...args], { env: NO_DATABASE, input });

/** The one line on standard error. */
function lineOf(result: CliResult): string {
  expect(result.stdout).toBe("");
  expect(complaints(result)).toMatch(/^sqs2pg: [^\n]*\n$/);
  return complaints(result).slice("sqs2pg: ".length, -1);
}

describe.concurrent("forget", () => {
  test("says in words what it did", async ({ filled: _filled, forget }) => {
    const done = await forget([], { input: "203.0.113.7\nnot there\n" });
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: `Forgot 1 of 2 values: deleted 1 entry of the vault (ip 1, mail 0)

1 value was not in the vault.

Tokens of what was forgotten cannot be resolved any more.
`,
    });
    expect(complaints(done)).toBe("");
    const again = await forget([], { input: "203.0.113.7\n" });
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: "Nothing to forget: the value is not in the vault (ip, mail)\n",
    });
    const dry = await forget(["--dry-run"], { input: "ann@example.com\n" });
    expect(dry.stdout).toBe(
      "Dry run: would forget 1 value, and delete 1 entry of the vault (ip 0, mail 1)\n",
    );
  });

  test("warns of raw values in arguments, and does not repeat them", async ({ filled: _filled, forget }) => {
    const result = await forget([CANARY]);
    expect(result.exitCode).toBe(0);
    expect(complaints(result)).toMatch(
      /^warning: raw values in arguments are visible to every user of this machine, .* on standard input\n$/,
    );
    expect(result.stdout + result.stderr).not.toContain(CANARY);
    const token = await forget(["t1.AAAAAAAAAAAAAAAAAAAAAA"]);
    expect(complaints(token)).toBe("");
  });

  test("a signal while it waits: all or nothing", async ({ filled, unmaskEnv, database }) => {
    const before = await database.query("select token from sqs2pg.tokens order by token");
    await whileLocked(database, "lock table sqs2pg.tokens in row exclusive mode", async () => {
      const running = startCli(["forget", "--config", filled.config], {
        env: unmaskEnv,
        input: "203.0.113.7\n",
      });
      const waiting = `select from pg_stat_activity where datname = current_database() and query like 'lock table%'
        and wait_event_type = 'Lock'`;
      await running.until("it waits", async () => (await database.query(waiting)).length > 0);
      running.signal("SIGINT");
      const result = await running.result;
      expect(result.exitCode).toBe(130);
      expect(lineOf(result)).toBe("interrupted: either all of it was forgotten or nothing; run it again");
    });
    expect(await database.query("select token from sqs2pg.tokens order by token")).toEqual(before);
  });

  test("what cannot be written down is not done", async ({ filled: _filled, forget, database }) => {
    const before = await database.query("select token from sqs2pg.tokens order by token");
    await database.query("alter table sqs2pg.unmask_log add check (command <> 'forget')");
    const result = await forget([], { input: "203.0.113.7\n" });
    expect(result.exitCode).toBe(1);
    expect(await database.query("select token from sqs2pg.tokens order by token")).toEqual(before);
  });

  test("migrations that are pending, and a database that is not there", async ({
    filled: _filled,
    forget,
    database,
  }) => {
    await database.query("delete from sqs2pg.migrations where name like '%masking%'");
    const pending = await forget([], { input: "a\n" });
    expect(pending.exitCode).toBe(1);
    expect(lineOf(pending)).toMatch(/lacks 1 migration: run: sqs2pg migrate$/);
    const DATABASE_URL = urlOf({ ...database.server, port: 1 }, "shop");
    const gone = await forget([], { input: "a\n", env: { DATABASE_URL } });
    expect(gone.exitCode).toBe(75);
    expect(lineOf(gone)).toMatch(/refused the connection/);
  });
});

describe.concurrent("usage", () => {
  plainTest.for([
    ["no value", [], "", "there is nothing to forget: no value is given"],
    ["empty lines", [], "\n\n", "there is nothing to forget: no value is given"],
    ["a masked value", [], `${CANARY}\ns1.0badc0de.AAAA\n`, "value 2 has the form s1.<key id>....: it holds"],
    [
      "a domain that is none",
      ["--domain", "pi"],
      "a",
      '--domain: no column of this pipeline has tokens of "pi"; did you mean ip?',
    ],
    ["a column that is none", ["--as", "masked_pi"], "a", "did you mean masked_ip?"],
    ["a column without tokens", ["--as", "locale"], "a", "--as: column locale holds no tokens"],
    ["both", ["--as", "masked_ip", "--domain", "ip"], "a", "cannot be used with option"],
    [
      "no tokens in the pipeline",
      ["--mask", "aes-siv"],
      "a",
      "no column of this pipeline holds tokens: give",
    ],
    ["other bytes than text", [], "\ud800", "not in the vault"],
  ] as const)("%s", async ([what, args, input, message]) => {
    const result = await forgetLogin(args, input);
    // A lone surrogate is written as U+FFFD, a text like any other: it gets as far as the database.
    if (what === "other bytes than text") {
      expect(result.exitCode).toBe(75);
      return;
    }
    expect(result.exitCode).toBe(2);
    expect(lineOf(result)).toContain(message);
    expect(result.stderr).not.toContain(CANARY);
  });

  plainTest("bytes that are no UTF-8 are not taken for another value", async () => {
    const { exitCode, stderr } = await execa(process.execPath, [BIN, "forget", "--mask", "token"], {
      env: { PATH: process.env["PATH"], ...NO_DATABASE },
      extendEnv: false,
      reject: false,
      input: Buffer.from([0x61, 0x0a, 0xe9, 0x0a]),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toBe("sqs2pg: standard input is no UTF-8 text behind line 0: convert it first");
  });

  plainTest("no key, unless only tokens are given", async () => {
    const env = { DATABASE_URL: NO_DATABASE.DATABASE_URL };
    const raw = await runCli(["forget", "--mask", "token", "--json"], { env, input: "a\n" });
    expect(raw.exitCode).toBe(2);
    expect(JSON.parse(raw.stdout).error.code).toBe("key_missing");
    const token = await runCli(["forget", "--mask", "token", "t1.AAAAAAAAAAAAAAAAAAAAAA"], { env });
    expect(token.exitCode).toBe(75);
  });

  plainTest("no database", async () => {
    const result = await runCli(["forget", "--mask", "token"], { env: { SQS2PG_MASK_KEY: KEY }, input: "a" });
    expect(result.exitCode).toBe(2);
    expect(lineOf(result)).toMatch(/^no database is given: /);
  });
});

describe.concurrent("help", () => {
  plainTest.for([
    ["unmask", ["[values...]", "--as", "--column", "--where", "--limit", "--json", "--key"]],
    ["forget", ["[values...]", "--domain", "--as", "--dry-run", "standard input", "--json", "--key"]],
  ] as const)("of %s names its flags", async ([command, words]) => {
    const { exitCode, stdout } = await runCli([command, "--help"]);
    expect(exitCode).toBe(0);
    for (const word of words) expect(stdout.replace(/\s+/g, " ")).toContain(word);
  });
});
