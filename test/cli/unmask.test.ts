import { spawn } from "node:child_process";
import { once } from "node:events";
import { execa } from "execa";
import { describe, expect, test as plainTest } from "vitest";
import { createMask, type MaskSpec, parseKeys } from "../../src/masking/index.js";
import { newRole } from "../integration/loader/role.js";
import { complaints, test } from "../integration/masked-data/unmask-bench.js";
import { KEY, whileLocked } from "../support/bench.js";
import { BIN, type CliResult, runCli, startCli } from "../support/cli.js";
import type { TestDatabase } from "../support/database.js";
import { urlOf } from "../support/postgres.js";
import { until } from "../support/until.js";

const OTHER_KEY = "sqs2pg-key-1:BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const [keys, otherKeys] = [parseKeys(KEY), parseKeys(OTHER_KEY)];
const OTHER_ID = otherKeys.keys[0]?.id ?? "";
const CANARY = "canary-7734";
const SIV: MaskSpec = { strategy: "aes-siv", domain: "ip" };
const offline = { SQS2PG_MASK_KEY: KEY };

const good = createMask(SIV, keys)(CANARY) ?? "";
const foreign = createMask(SIV, otherKeys)(CANARY) ?? "";
const tampered = good.slice(0, -4) + (good.at(-4) === "A" ? "B" : "A") + good.slice(-3);

/** The login pipeline, with both masked columns under aes-siv. */
const unmaskLogin = (args: readonly string[], input = "", env: Readonly<Record<string, string>> = offline) =>
  runCli(["unmask", "--mask", "aes-siv", ...args], { env, input });

const errorOf = ({ stdout }: CliResult): unknown => JSON.parse(stdout).error;

/** The one line on standard error. */
function lineOf(result: CliResult): string {
  expect(result.stdout).toBe("");
  expect(complaints(result)).toMatch(/^sqs2pg: [^\n]*\n$/);
  return complaints(result).slice("sqs2pg: ".length, -1);
}

describe.concurrent("a value that cannot be unmasked", () => {
  plainTest("is an empty line, and a line on stderr; the rest is done", async () => {
    const result = await unmaskLogin([], `${good}\n${foreign}\n\n${tampered}\n${CANARY}\n${good}\n`);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe(`${CANARY}\n\n\n\n\n${CANARY}\n`);
    expect(result.stderr).toBe(
      `sqs2pg: line 2: it was masked with the key ${OTHER_ID}, which is not among the keys
sqs2pg: line 4: it was changed since it was masked, or belongs to another field
sqs2pg: line 5: it has none of the forms of a masked value: s1., g1., p1. or t1.
`,
    );
  });

  plainTest("as an argument has its number", async () => {
    const result = await unmaskLogin([good, foreign]);
    expect(result).toMatchObject({ exitCode: 1, stdout: `${CANARY}\n\n` });
    expect(result.stderr).toMatch(/^sqs2pg: argument 2: [^\n]*\n$/);
  });

  plainTest("keeps its place in CSV", async () => {
    const csv = `id,masked_ip\n1,${good}\n2,"${foreign}"\n3,${CANARY}\n4,\n`;
    const result = await unmaskLogin(["--column", "masked_ip"], csv);
    expect(result).toMatchObject({
      exitCode: 1,
      stdout: `id,masked_ip\n1,${CANARY}\n2,"${foreign}"\n3,${CANARY}\n4,\n`,
    });
    expect(result.stderr).toMatch(
      /^sqs2pg: row 2, column masked_ip: it was masked with .*\nsqs2pg: row 3, column masked_ip: it does not have the form .*\n$/,
    );
    expect(result.stderr).not.toContain(CANARY);
  });

  plainTest("is in the document with its error", async () => {
    const result = await unmaskLogin(["--json"], `${good}\n\n${foreign}`);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/^[^\n]*\n$/);
    const error = {
      code: "key_not_held",
      message: `it was masked with the key ${OTHER_ID}, which is not among the keys`,
    };
    expect(JSON.parse(result.stdout)).toEqual({
      values: [
        { masked: good, value: CANARY, error: null },
        { masked: null, value: null, error: null },
        { masked: foreign, value: null, error },
      ],
      stopped_because: "done",
      values_done: 1,
      values_failed: 1,
      failures: [{ code: "key_not_held", count: 1 }],
      log_entry: null,
    });
  });

  plainTest("does not fill the screen", async () => {
    const { stderr, stdout } = await unmaskLogin([], `${`${foreign}\n`.repeat(30)}${good}`);
    expect(stdout).toBe(`${"\n".repeat(30)}${CANARY}\n`);
    expect(stderr.split("\n")).toHaveLength(22);
    expect(stderr).toMatch(/\nsqs2pg: and 10 more: key_not_held 10\n$/);
  });

  test("in rows keeps what is stored, and the others are in the clear", async ({
    unmask,
    database,
    filled,
  }) => {
    await database.query(
      "update people set ip_siv = $1, mail_token = 't1.AAAAAAAAAAAAAAAAAAAAAA' where id = 'ann'",
      [foreign],
    );
    const result = await unmask(["--where", "id = 'ann'", "--json"]);
    expect(result.exitCode).toBe(1);
    const [row] = JSON.parse(result.stdout).rows;
    expect(row.values).toMatchObject({
      ...{ ip_siv: foreign, mail_token: "t1.AAAAAAAAAAAAAAAAAAAAAA" },
      ...{ ip_token: "203.0.113.7", mail_sealed: "ann@example.com" },
    });
    expect(row.errors).toMatchObject([
      { column: "ip_siv", code: "key_not_held" },
      { column: "mail_token", code: "forgotten" },
    ]);
    expect(complaints(result)).toMatch(
      /^sqs2pg: row 1, column ip_siv: .*\nsqs2pg: row 1, column mail_token: it is not in the vault: forgotten, or from another database\n$/,
    );
    // Without the private key only what is sealed fails, and without the mask keys all else.
    const [, privateKey = ""] = filled.keys.split("\n");
    const codes = async (SQS2PG_MASK_KEY: string): Promise<string[]> => {
      const { stdout } = await unmask(["--where", "id = 'bob'", "--json"], { env: { SQS2PG_MASK_KEY } });
      return JSON.parse(stdout).rows[0].errors.map(({ column }: { column: string }) => column);
    };
    expect(await codes(KEY)).toEqual(["mail_sealed"]);
    expect(await codes(privateKey)).toEqual([
      ...["ip_siv", "device_gcm", "ip_token", "mail_token", "ip_prefix", "device_ff1"],
    ]);
  });

  test("a token needs the database, and nothing else does", async ({ filled: _filled, unmask, database }) => {
    const [ann] = await database.query<{ siv: string; token: string }>(
      "select ip_siv as siv, ip_token as token from people where id = 'ann'",
    );
    const result = await unmask([ann?.token ?? "", ann?.siv ?? ""], { env: { DATABASE_URL: "" } });
    expect(result).toMatchObject({ exitCode: 1, stdout: "\n203.0.113.7\n" });
    expect(complaints(result)).toBe(
      "sqs2pg: argument 1: it is a token, whose value is in the vault: give the database by --database or DATABASE_URL\n",
    );
  });
});

describe.concurrent("values", () => {
  plainTest("with a line break are JSON on their line, and as they are in the document", async () => {
    const masked = createMask(SIV, keys)('two\nlines, "quoted"') ?? "";
    expect((await unmaskLogin([masked])).stdout).toBe('"two\\nlines, \\"quoted\\""\n');
    expect(JSON.parse((await unmaskLogin([masked, "--json"])).stdout).values[0].value).toBe(
      'two\nlines, "quoted"',
    );
  });

  plainTest("of ff1 and ip-prefix need their column", async () => {
    const env = { ...offline };
    const bare = await unmaskLogin(["--mask", "ff1", "593-47-5928"], "", env);
    expect(bare).toMatchObject({ exitCode: 1, stdout: "\n" });
    expect(bare.stderr).toMatch(
      /for a value of ff1 or ip-prefix, which has no form of its own, say --as COLUMN\n$/,
    );
    const masked = createMask({ strategy: "ff1", domain: "device_id" }, keys)("593-47-5928") ?? "";
    const named = await unmaskLogin(["--mask", "ff1", "--as", "masked_device_id", masked], "", env);
    expect(named).toMatchObject({ exitCode: 0, stdout: "593-47-5928\n" });
    expect(named.stderr).toMatch(/^warning: masked_device_id: nothing in a value of ff1 proves that /);
  });

  plainTest("nothing given is nothing done", async () => {
    expect(await unmaskLogin([])).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect((await unmaskLogin(["--json"])).stdout).toMatch(/^\{"values":\[\],"stopped_because":"done"/);
  });

  plainTest("a CSV of many megabytes goes through a small heap", async () => {
    const line = `${"x".repeat(400)},${good},\u00e9\n`;
    const rows = 60_000;
    const input = `note,masked_ip,rest\n${line.repeat(rows)}`;
    const nodeArgs = ["--max-old-space-size=32"];
    const args = ["unmask", "--mask", "aes-siv", "--column", "masked_ip"];
    const result = await execa(process.execPath, [...nodeArgs, BIN, ...args], {
      env: { PATH: process.env["PATH"], ...offline },
      extendEnv: false,
      input,
      maxBuffer: 2 * input.length,
      stripFinalNewline: false,
    });
    expect(result.stdout === input.replaceAll(good, CANARY)).toBe(true);
  });
});

describe.concurrent("usage", () => {
  plainTest.for([
    [["--column", "masked_ip", good], "--column reads CSV from standard input: leave out the values"],
    [["--where", "true", good], "--where reads the table: leave out the values"],
    [["--limit", "3"], "--limit is for the rows of --where"],
    [["--where", " "], "--where needs a condition"],
    [["--column", "masked_ip", "--where", "true"], "cannot be used with option '--where"],
    [["--as", "masked_ip", "--where", "true"], "cannot be used with option '--as"],
    [["--column", "masked_ip", "--json"], "cannot be used with option '--json"],
    [["--limit", "0", "--where", "true"], "--limit must be a whole number from 1 up"],
    [["--as", "nope"], '--as: the pipeline has no column "nope"'],
    [["--as", "locale"], "--as: column locale is not masked"],
    [["--column", "mask_ip"], "did you mean masked_ip?"],
    [["--where", "true"], "no database is given"],
  ] as const)("%j", async ([args, message]) => {
    const result = await unmaskLogin(args);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain(good);
    if (!args.some((arg) => arg === "--json")) {
      expect(errorOf(await unmaskLogin([...args, "--json"]))).toMatchObject({ kind: "usage" });
    }
  });

  plainTest("masks that cannot be reversed", async () => {
    const login = await runCli(["unmask", "x"], { env: offline });
    expect(login.exitCode).toBe(2);
    expect(lineOf(login)).toMatch(
      /^nothing of this pipeline can be unmasked \(masked_ip hmac-sha256, masked_device_id hmac-sha256\): .* --config, or its mask by --mask$/,
    );
    const named = await runCli(["unmask", "--as", "masked_ip", "x"], { env: offline });
    expect(lineOf(named)).toBe(
      "--as: column masked_ip is masked with hmac-sha256, whose values cannot be got back",
    );
  });

  plainTest("no key", async () => {
    for (const env of [
      {},
      { SQS2PG_MASK_KEY: "sqs2pg-public-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" },
    ]) {
      const result = await unmaskLogin([good], "", env);
      expect(result.exitCode).toBe(2);
      expect(lineOf(result)).toMatch(
        /^values are unmasked with the key that they were masked with: give it by /,
      );
    }
  });

  plainTest.for([
    ["nothing at all", "", "the CSV is empty: it needs a header row"],
    ["no such column", "a,b\ncanary,2\n", 'the first row of the CSV has no column "masked_ip": it must be'],
    ["two of them", "masked_ip,masked_ip\n", 'the CSV has two columns "masked_ip": rename one of them'],
    ["a quote left open", 'masked_ip,"canary\n', "the header row of the CSV has a quote that is not closed"],
  ] as const)("a CSV with %s", async ([, csv, message]) => {
    const result = await unmaskLogin(["--column", "masked_ip"], csv);
    expect(result.exitCode).toBe(2);
    expect(lineOf(result)).toContain(message);
    expect(result.stderr).not.toContain("canary");
  });

  plainTest("a CSV that breaks off: what came before is written", async () => {
    const result = await unmaskLogin(["--column", "masked_ip"], `masked_ip\n${good}\n"canary`);
    expect(result).toMatchObject({ exitCode: 2, stdout: `masked_ip\n${CANARY}\n` });
    expect(result.stderr).toBe("sqs2pg: row 2 of the CSV has a quote that is not closed\n");
  });
});

describe.concurrent("--where", () => {
  test("that PostgreSQL does not take, before the first row and after it", async ({
    filled: _filled,
    unmask,
  }) => {
    for (const [where, problem] of [
      ["nope = 1", "names a column that there is not at character 1 (SQLSTATE 42703)"],
      ["age / 0 = 1", "meets a value that it cannot be evaluated for (SQLSTATE 22012)"],
    ] as const) {
      const result = await unmask(["--where", where, "--json"]);
      expect(result.exitCode).toBe(2);
      const message = `the condition of --where ${problem}`;
      expect(errorOf(result)).toEqual({ kind: "usage", code: "where_refused", message });
      expect(complaints(result)).toBe(`sqs2pg: ${message}\n`);
    }
  });

  test("goes to PostgreSQL as it is: question marks, backslashes and comments", async ({
    filled: _filled,
    unmask,
    database,
  }) => {
    await database.query("update people set note = 'a\\?b', age = 7 where id = 'bob'");
    const where = String.raw`note = 'a\?b' and '{"a":1}'::jsonb ? 'a' and not '$1' = '?' /* ? */ -- ?`;
    const { exitCode, stdout } = await unmask(["--where", where, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).rows).toMatchObject([{ values: { id: "bob", age: 7 } }]);
  });

  test("a table and columns that are not there are not blamed on the condition", async ({
    filled: _filled,
    unmask,
    database,
  }) => {
    await database.query("alter table people drop note");
    const column = await unmask(["--where", "true"]);
    expect(column.exitCode).toBe(1);
    expect(lineOf(column)).toMatch(/^table people in .* lacks column note: /);
    await database.query("drop table people");
    expect(lineOf(await unmask(["--where", "true"]))).toMatch(/^there is no table people in /);
  });

  test("a session that is ended in between: an error, and the log is completed", async ({
    unmaskEnv,
    filled,
    database,
    log,
  }) => {
    const args = ["unmask", "--config", filled.config, "--where", "pg_sleep(60) is not null", "--json"];
    const running = startCli(args, { env: unmaskEnv });
    await until("the rows are asked for", async () => (await ended(database)) > 0);
    const result = await running.result;
    expect(result.exitCode).toBe(75);
    expect(JSON.parse(result.stdout)).toMatchObject({ rows: [], stopped_because: "error", values_done: 0 });
    expect(await log()).toMatchObject([{ finished: true, values_done: "0", values_failed: "0" }]);
  });

  test("a signal does not wait for a slow one, and the log is completed", async ({
    unmaskEnv,
    filled,
    database,
    log,
  }) => {
    const where = "pg_sleep(60) is not null";
    const running = startCli(["unmask", "--config", filled.config, "--where", where], { env: unmaskEnv });
    const sleeping =
      "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    await running.until("it sleeps", async () => (await database.query(sleeping)).length > 0);
    running.signal("SIGINT");
    expect(await running.result).toMatchObject({ exitCode: 130, stdout: "" });
    expect(await log()).toMatchObject([{ finished: true, values_done: "0", filter: where }]);
  });
});

/** Ends the session that sleeps. */
async function ended(database: TestDatabase): Promise<number> {
  const rows = await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
  );
  return rows.length;
}

describe.concurrent("the log comes first", () => {
  test("nothing is shown while its entry cannot be committed", async ({ unmaskEnv, filled, database }) => {
    const [row] = await database.query<{ siv: string }>("select ip_siv as siv from people where id = 'ann'");
    await whileLocked(database, "lock table sqs2pg.unmask_log in exclusive mode", async () => {
      const ways = [[row?.siv ?? ""], ["--where", "true"], ["--column", "ip_siv"]];
      for (const [index, args] of ways.entries()) {
        const input = args[0] === "--column" ? `ip_siv\n${row?.siv}\n` : "";
        const running = startCli(["unmask", "--config", filled.config, ...args], { env: unmaskEnv, input });
        const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and query like 'insert into %unmask_log%'`;
        // PostgreSQL goes on waiting for those that are gone.
        const isWaiting = async (): Promise<boolean> => (await database.query(waiting)).length > index;
        await running.until("it waits for the log", isWaiting);
        running.signal("SIGTERM");
        const result = await running.result;
        expect(result).toMatchObject({ exitCode: 143, stdout: "" });
        expect(complaints(result)).toMatch(
          /^sqs2pg: interrupted before the first value: nothing was unmasked\n$/,
        );
      }
    });
    expect(await database.query("select from sqs2pg.unmask_log")).toEqual([]);
  });

  test("its entry is there with the first value, and completed after a signal", async ({
    unmaskEnv,
    filled,
    database,
    log,
  }) => {
    const [row] = await database.query<{ siv: string }>("select ip_siv as siv from people where id = 'ann'");
    const child = spawn(process.execPath, [BIN, "unmask", "--config", filled.config], {
      env: { PATH: process.env["PATH"], ...unmaskEnv },
    });
    child.stdin.write(`${row?.siv}\nnope\n${row?.siv}\nhalf a li`);
    let written = "";
    child.stdout.on("data", (chunk: Buffer) => {
      written += chunk.toString();
    });
    await until("the values are there", () => written === "203.0.113.7\n\n203.0.113.7\n");
    expect(await log()).toMatchObject([{ source: "stdin", finished: false, values_done: null }]);
    child.kill("SIGINT");
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(130);
    expect(await log()).toMatchObject([{ finished: true, values_done: "2", values_failed: "1" }]);
  });

  test("migrations that are pending", async ({ filled: _filled, unmask, database }) => {
    await database.query("delete from sqs2pg.migrations where name like '%masking%'");
    for (const args of [[good], ["--where", "true"]]) {
      const result = await unmask(args);
      expect(result.exitCode).toBe(1);
      expect(lineOf(result)).toMatch(/lacks 1 migration: run: sqs2pg migrate$/);
    }
  });

  test("a database that is not there: nothing is shown", async ({ filled: _filled, unmask, database }) => {
    const DATABASE_URL = urlOf({ ...database.server, port: 1 }, "shop");
    const result = await unmask([good], { env: { DATABASE_URL } });
    expect(result.exitCode).toBe(75);
    expect(lineOf(result)).toMatch(/^PostgreSQL at 127.0.0.1:1\/shop refused the connection/);
  });

  test("a role that may only select cannot unmask", async ({ filled: _filled, unmask, database }) => {
    const role = await newRole(database);
    await database.query(`grant usage on schema sqs2pg to ${role.name}`);
    await database.query(`grant select on all tables in schema sqs2pg, public to ${role.name}`);
    const result = await unmask(["--where", "true"], { env: { DATABASE_URL: role.url } });
    expect(result.exitCode).toBe(1);
    expect(lineOf(result)).toMatch(/lacks INSERT on sqs2pg\.unmask_log, UPDATE on sqs2pg\.unmask_log in /);
  });

  test("a database that may only be read", async ({ filled: _filled, unmask, database }) => {
    const DATABASE_URL = `${database.url}?options=-c%20default_transaction_read_only%3Don`;
    const result = await unmask([good], { env: { DATABASE_URL } });
    expect(lineOf(result)).toMatch(/is read-only: connect to the primary/);
  });
});

describe.concurrent("whoever reads the output", () => {
  const shell = (command: string, env: Readonly<Record<string, string>>) =>
    execa("sh", ["-c", command], {
      env: { PATH: process.env["PATH"], NODE: process.execPath, BIN, GOOD: good, ...env },
      extendEnv: false,
      reject: false,
    });

  plainTest.for([
    ["", "head -n 2", `${CANARY}\n${CANARY}`],
    ["--json", "head -c 10", '{"values":'],
  ] as const)("may go away (%s): it ends, though more is to come", async ([flag, reader, read]) => {
    const command = `{ while echo "$GOOD"; do :; done; } | { "$NODE" "$BIN" unmask --mask aes-siv ${flag}; echo "exit $?" >&2; } | ${reader}`;
    const { stdout, stderr } = await shell(command, offline);
    expect(stdout).toBe(read);
    const said = stderr.split("\n").filter((line) => !/^sh: .*(Broken pipe|I\/O error)/.test(line));
    expect(said).toEqual(["exit 0"]);
  });

  plainTest.skipIf(process.platform !== "linux")("a full disk: the exit code says so", async () => {
    const { exitCode, stderr } = await shell(
      '"$NODE" "$BIN" unmask --mask aes-siv "$GOOD" >/dev/full',
      offline,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toBe("sqs2pg: standard output cannot be written (ENOSPC): the result is not all there");
  });
});

const { failed: scriptIsMissing } = await execa("script", ["--version"], { reject: false });

describe.skipIf(scriptIsMissing).concurrent("on a terminal", () => {
  const onTerminal = async (
    command: string,
  ): Promise<{ readonly screen: string; readonly exitCode?: number }> => {
    const { stdout, exitCode } = await execa("script", ["-qec", command, "/dev/null"], {
      env: {
        PATH: process.env["PATH"],
        TERM: "xterm",
        NODE: process.execPath,
        BIN,
        NO_COLOR: "1",
        ...offline,
      },
      extendEnv: false,
      reject: false,
    });
    return { screen: stdout.replaceAll("\r\n", "\n"), ...(exitCode === undefined ? {} : { exitCode }) };
  };

  plainTest("nothing is waited for: it says what to do", async () => {
    const { screen, exitCode } = await onTerminal('exec "$NODE" "$BIN" unmask --mask aes-siv');
    expect(exitCode).toBe(2);
    expect(screen).toMatch(/^sqs2pg: nothing comes on standard input: pipe masked values, such as psql -At /);
    const csv = await onTerminal('exec "$NODE" "$BIN" unmask --mask aes-siv --column masked_ip');
    expect(csv.screen).toMatch(/^sqs2pg: nothing comes on standard input: pipe a CSV with a header row /);
  });

  plainTest("values send nothing that it would obey", async () => {
    const nasty = createMask(SIV, keys)("\u001b[31m\u0007a,\nb") ?? "";
    const shown = await onTerminal(`exec "$NODE" "$BIN" unmask --mask aes-siv ${nasty}`);
    expect(shown.screen).toBe('"\\u001b[31m\\u0007a,\\nb"');
    const csv = await onTerminal(
      `printf 'masked_ip,x\\n${nasty},\\033[2J\\n' | "$NODE" "$BIN" unmask --mask aes-siv --column masked_ip`,
    );
    expect(csv.screen).toBe('masked_ip,x\n"\\u001b[31m\\u0007a,\\nb",\\u001b[2J');
  });

  plainTest("the document is indented", async () => {
    const { screen } = await onTerminal(`exec "$NODE" "$BIN" unmask --mask aes-siv --json ${good}`);
    expect(screen).toMatch(/^\{\n {2}"values": \[\n {4}\{"masked":/);
    expect(JSON.parse(screen)).toMatchObject({ values_done: 1 });
  });
});
