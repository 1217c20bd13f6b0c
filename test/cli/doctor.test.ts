import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import type { DoctorReport, ReportedCheck } from "../../src/doctor/report.js";
import { KEY, whileLocked } from "../support/bench.js";
import { type CliResult, runCli, startCli } from "../support/cli.js";
import { urlOf } from "../support/postgres.js";
import { test } from "../support/sqs-faults/bench.js";
import type { Action, Fault } from "../support/sqs-faults/fault.js";
import { always, hang, refuse } from "../support/sqs-faults/refusals.js";
import { startTcpProxy } from "../support/tcp-proxy.js";

type Environment = Readonly<Record<string, string>>;

interface Examined extends CliResult {
  readonly report: DoctorReport;
  /** A check by its id. */
  readonly check: (id: string) => ReportedCheck;
  /** The ids of the checks of a status. */
  readonly ids: (status: ReportedCheck["status"]) => string[];
}

async function examine(env: Environment, args: readonly string[] = [], cwd?: string): Promise<Examined> {
  const options = cwd === undefined ? { env } : { env, cwd };
  return examined(await runCli(["doctor", "--json", ...args], options));
}

/** One document on stdout and nothing elsewhere, and no secret in it. */
function examined(result: CliResult): Examined {
  expect(result.stderr).toBe("");
  expect(result.stdout).not.toMatch(/canary|the-text-of-the-server/i);
  expect(result.stdout).not.toContain(KEY.slice(13, 30));
  const report: DoctorReport = JSON.parse(result.stdout);
  return {
    ...result,
    report,
    check: (id) => {
      const found = report.checks.find((check) => check.id === id);
      if (found === undefined) throw new Error(`there is no check ${id}`);
      return found;
    },
    ids: (status) => report.checks.filter((check) => check.status === status).map(({ id }) => id),
  };
}

/** What the test's servers do not have: a dead-letter queue, and a disk that is waited for. */
const WARNINGS = ["dead_letters", "durability"];

const OF_QUEUE = [
  ...["messages", "retention", "dead_letters", "encryption", "policy"],
  ...["may_receive", "may_delete", "may_extend", "may_decrypt"],
];
const OF_DATABASE = [
  ...["tls", "writable", "durability", "connections", "migrations"],
  ...["privileges", "table", "key_record", "bookkeeping"],
];
const OF_SPEED = ["sqs_latency", "database_latency", "throughput"];

describe.concurrent("everything is there", () => {
  test("it is ready, changes nothing, and shows figures", async ({ env, sqs, queue, database }) => {
    queue.send(['{"user_id":"canary"}']);
    const all = { ...env, AWS_ENDPOINT_URL_STS: sqs.endpoint };
    const { report, exitCode, check, ids } = await examine(all);
    expect(exitCode).toBe(0);
    expect(ids("warning")).toEqual(WARNINGS);
    expect(ids("skipped")).toEqual(["may_receive"]);
    expect(report).toMatchObject({ ready: true, counts: { failed: 0, warning: 2, skipped: 1 } });
    expect(check("identity").figures).toMatchObject({ account: "000000000000" });
    expect(check("messages").figures).toMatchObject({ type: "standard", visible: 1, in_flight: 0 });
    expect(check("key").found).toMatch(/^[0-9a-f]{8} for masked_ip, masked_device_id; from SQS2PG_MASK_KEY$/);
    expect(check("migrations").figures).toMatchObject({ pending: 0, schema: "sqs2pg" });
    expect(check("database").figures).toMatchObject({ source: "DATABASE_URL", user: "postgres" });
    expect(queue.receiveCounts()).toEqual([0]);
    const [rows] = await database.query(
      `select (select count(*)::int from user_logins) as rows, (select count(*)::int from sqs2pg.ledger) as ledger,
              (select count(*)::int from sqs2pg.runs) as runs, (select count(*)::int from sqs2pg.mask_keys) as keys`,
    );
    expect(rows).toEqual({ rows: 0, ledger: 0, runs: 0, keys: 0 });
  });

  test("as text: groups, a check a line, the verdict last", async ({ env }) => {
    const { stdout, stderr, exitCode } = await runCli(["doctor"], { env });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^this machine\n {2}ok {7}Node\.js +\d+\.\d+\.\d+, sqs2pg \d/);
    expect(stdout).toMatch(/\n {2}warning {2}dead letters +no redrive policy.*\n +-> give the queue/);
    expect(stdout).toMatch(/\n\nready: \d+ ok, 2 warnings, 2 skipped\n$/);
    expect(stdout).not.toContain("\u001b");
  });

  test("--strict takes warnings for failures", async ({ env }) => {
    const { exitCode, report } = await examine(env, ["--strict"]);
    expect({ exitCode, ready: report.ready }).toEqual({ exitCode: 1, ready: true });
  });

  test("--receive takes one message, gives it back, and tells what it cost", async ({ env, queue }) => {
    queue.send(['{"user_id":"canary"}', '{"user_id":"canary"}']);
    const { check, exitCode } = await examine(env, ["--receive"]);
    expect(exitCode).toBe(0);
    expect(check("may_receive")).toMatchObject({ status: "ok", figures: { receive_count: 1 } });
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
    expect(queue.receiveCounts().sort()).toEqual([0, 1]);
  });

  test("a queue with a dead-letter queue, and a FIFO one", async ({ env, sqs, queue }) => {
    const dead = sqs.createQueue(`${queue.name}-dead`, { attributes: { MessageRetentionPeriod: "1209600" } });
    const orders = sqs.createQueue(`${queue.name}-orders`, {
      deadLetter: { queue: dead, maxReceiveCount: 5 },
    });
    const first = await examine(env, ["--queue", orders.name]);
    expect(first.check("dead_letters")).toMatchObject({
      status: "ok",
      figures: { max_receive_count: 5, dead_letters: 0 },
    });
    const fifo = sqs.createQueue(`${queue.name.slice(0, 20)}.fifo`);
    const second = await examine(env, ["--queue", fifo.url]);
    expect(second.check("messages").figures).toMatchObject({ type: "FIFO" });
    expect(second.check("queue").figures).toMatchObject({ looked_up: false });
  });
});

describe.concurrent("what is wrong with the settings", () => {
  test("all mistakes of the config file at once; what does not need it goes on", async ({ env }) => {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(
      join(folder, "sqs2pg.yaml"),
      "queue: q\ntable: t\ncolumns:\n  a: { from: 7, type: nonsense }\n",
    );
    const { check, ids, exitCode } = await examine(env, [], folder);
    expect(check("config")).toMatchObject({ status: "failed", kind: "usage" });
    expect(check("config").details.length).toBeGreaterThan(1);
    expect(check("config").details.join()).toMatch(/columns\.a/);
    expect(check("database").status).toBe("ok");
    expect(ids("skipped")).toEqual(expect.arrayContaining(["key", "queue", "migrations"]));
    expect(check("throughput").found).toBe("needs: config, which failed");
    expect(exitCode).toBe(2);
  });

  test("a mask that can be guessed is warned of", async ({ env }) => {
    const { check, exitCode } = await examine(env, ["--mask", "sha256"]);
    expect(check("config")).toMatchObject({ status: "warning" });
    expect(check("config").details.join()).toMatch(/plain sha256 can be guessed/);
    expect(exitCode).toBe(0);
  });

  test.for<[what: string, more: Environment, id: string, code: string]>([
    ["a region that is none", { AWS_REGION: "Eu West!" }, "region", "region_malformed"],
    ["no key", { SQS2PG_MASK_KEY: "canary" }, "key", "key_malformed"],
    ["no credentials", { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }, "credentials", "no_credentials"],
    ["no database", { DATABASE_URL: "" }, "database", "database_missing"],
    ["an endpoint that is no URL", { AWS_ENDPOINT_URL_SQS: "localhost:1" }, "queue", "endpoint_malformed"],
  ])("%s", async ([_what, more, id, code], { env }) => {
    const { check, ids, exitCode } = await examine({ ...env, ...more });
    expect(check(id)).toMatchObject({ status: "failed", code, kind: "usage", remedy: expect.any(String) });
    expect(ids("failed")).toEqual([id]);
    expect(exitCode).toBe(2);
  });
});

test("no region", async ({ env: { AWS_REGION: _, ...env } }) => {
  const { check, exitCode } = await examine(env);
  expect(check("region")).toMatchObject({ status: "failed", code: "no_region", kind: "usage" });
  expect(exitCode).toBe(2);
});

describe.concurrent("credentials", () => {
  const lasting = (ms: number): Environment => ({
    AWS_SESSION_TOKEN: "canary",
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + ms).toISOString(),
  });

  test.for<[hours: number, status: string, code: string | null]>([
    [12, "ok", null],
    [0.5, "warning", "credentials_expire"],
    [-1, "failed", "credentials_expired"],
  ])("that last %d h", async ([hours, status, code], { env }) => {
    const { check } = await examine({ ...env, ...lasting(hours * 3_600_000) });
    expect(check("credentials")).toMatchObject({ status, code });
    expect(check("credentials").figures["expires_at"]).toMatch(/^\d{4}-/);
  });

  test("of two places: which one is used", async ({ env }) => {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "credentials");
    await writeFile(file, "[work]\naws_access_key_id = AKIDCANARY\naws_secret_access_key = canary\n");
    const more = { AWS_PROFILE: "work", AWS_SHARED_CREDENTIALS_FILE: file };
    expect((await examine({ ...env, ...more })).check("credentials")).toMatchObject({
      ...{ status: "warning", code: "credentials_ambiguous" },
      found: expect.stringMatching(
        /^from the shared credentials file \(profile work\); both AWS_PROFILE and /,
      ),
    });
  });
});

describe.concurrent("what is wrong with the queue", () => {
  test("it is missing: all that is about the database is looked at", async ({ env }) => {
    const { check, ids, exitCode } = await examine(env, ["--queue", "no-such-queue"]);
    expect(check("queue")).toMatchObject({ status: "failed", code: "queue_missing" });
    expect(ids("failed")).toEqual(["queue"]);
    expect(ids("skipped")).toEqual(["identity", ...OF_QUEUE, "sqs_latency", "throughput"]);
    for (const id of OF_DATABASE) expect(WARNINGS.includes(id) || check(id).status === "ok").toBe(true);
    expect(check("may_decrypt").found).toBe("needs: queue, which failed");
    expect(exitCode).toBe(1);
  });

  test.for<[action: Action, id: string, args: readonly string[]]>([
    ["GetQueueUrl", "queue", []],
    ["GetQueueAttributes", "messages", []],
    ["ReceiveMessage", "may_receive", ["--receive"]],
    ["DeleteMessageBatch", "may_delete", []],
    ["ChangeMessageVisibilityBatch", "may_extend", []],
  ])(
    "%s is denied: which permission is missing, and on what",
    async ([action, id, args], { env, faults }) => {
      faults.on(action, always(refuse("AccessDenied", 403)));
      const { check, ids, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint }, args);
      expect(check(id)).toMatchObject({
        ...{ status: "failed", code: "access_denied", kind: "failed" },
        remedy: expect.stringContaining(`allow sqs:${action.replace("Batch", "")} on arn:aws:sqs:eu-west-1:`),
      });
      expect(ids("failed")).toEqual([id]);
      expect(exitCode).toBe(1);
    },
  );

  test("credentials that have expired, or are none", async ({ env, faults }) => {
    for (const [said, code] of [
      ["ExpiredToken", "credentials_expired"],
      ["InvalidClientTokenId", "credentials_invalid"],
    ] as const) {
      faults.on("GetQueueUrl", always(refuse(said, 403)));
      const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint });
      expect(check("queue")).toMatchObject({ status: "failed", code });
      expect(exitCode).toBe(1);
    }
  });

  test("it does not answer: in its time, and nothing else waits for it", async ({ env, faults }) => {
    faults.on("GetQueueUrl", always(hang));
    const some = { ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint };
    const { check, ids, exitCode } = await examine(some, ["--timeout", "5s"]);
    expect(check("queue")).toMatchObject({ status: "failed", code: "timed_out", kind: "unavailable" });
    expect(ids("ok")).toEqual(expect.arrayContaining(["database", "table", "database_latency"]));
    expect(exitCode).toBe(75);
  });

  test("nobody listens at all", async ({ env }) => {
    const { ids, check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" });
    expect(check("queue")).toMatchObject({ code: "connection_refused", kind: "unavailable" });
    expect(ids("failed")).toEqual(["queue"]);
    expect(exitCode).toBe(75);
  });

  test("STS is not there: no drain needs it", async ({ env }) => {
    const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" });
    expect(check("identity")).toMatchObject({ status: "warning", code: "identity_unknown" });
    expect(exitCode).toBe(0);
  });
});

/** As from a server whose clock is ten minutes behind. */
const late: Fault = async (_request, forward) => {
  const answer = await forward();
  return { ...answer, headers: { date: new Date(Date.now() - 600_000).toUTCString() } };
};

test("a clock that differs from that of SQS", async ({ env, faults }) => {
  for (const action of ["GetQueueUrl", "GetQueueAttributes"] as const) faults.on(action, always(late));
  for (const action of ["DeleteMessageBatch", "ChangeMessageVisibilityBatch"] as const) {
    faults.on(action, always(late));
  }
  const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint });
  expect(check("clock")).toMatchObject({
    ...{ status: "warning", code: "clock_skew" },
    found: expect.stringMatching(/^this machine is (9|10) min ahead of SQS: AWS refuses/),
  });
  expect(exitCode).toBe(0);
});

describe.concurrent("what is wrong with the database", () => {
  test("the password: all that is about the queue is looked at", async ({ env, database }) => {
    const url = urlOf({ ...database.server, password: "canary" }, database.name);
    const { check, ids, exitCode } = await examine({ ...env, DATABASE_URL: url });
    expect(check("database")).toMatchObject({ status: "failed", code: "wrong_password" });
    expect(ids("failed")).toEqual(["database"]);
    expect(ids("skipped")).toEqual(
      expect.arrayContaining([...OF_DATABASE, ...OF_SPEED.filter((id) => id !== "sqs_latency")]),
    );
    expect(ids("ok")).toEqual(expect.arrayContaining(["messages", "may_delete", "sqs_latency", "clock"]));
    expect(exitCode).toBe(1);
  });

  test("nobody listens, and the queue is missing: both are told", async ({ env, database }) => {
    const url = urlOf({ ...database.server, port: 1 }, "shop");
    const alone = await examine({ ...env, DATABASE_URL: url });
    expect(alone.check("database")).toMatchObject({ kind: "unavailable" });
    expect(alone.exitCode).toBe(75);
    const both = await examine({ ...env, DATABASE_URL: url }, ["--queue", "no-such-queue"]);
    expect(both.ids("failed")).toEqual(["queue", "database"]);
    expect(both.exitCode).toBe(1);
  });

  test("it takes the connection and does not answer", async ({ env, database }) => {
    const proxy = await startTcpProxy(database.server);
    onTestFinished(() => proxy.stop());
    proxy.flow("both", "blackhole");
    const url = urlOf({ ...database.server, port: proxy.port }, database.name);
    const { check, exitCode } = await examine({ ...env, DATABASE_URL: url }, ["--timeout", "5s"]);
    expect(check("database")).toMatchObject({ status: "failed", kind: "unavailable" });
    expect(check("messages").status).toBe("ok");
    expect(exitCode).toBe(75);
  });

  test("migrations are pending", async ({ queueEnv, emptyDatabase }) => {
    const { check, ids, exitCode } = await examine({ ...queueEnv, DATABASE_URL: emptyDatabase.url });
    expect(check("migrations")).toMatchObject({
      ...{ status: "failed", code: "migrations_pending", remedy: "run: sqs2pg migrate" },
    });
    expect(check("migrations").details.length).toBe(check("migrations").figures["pending"]);
    expect(ids("skipped")).toEqual(
      expect.arrayContaining(["privileges", "table", "key_record", "bookkeeping"]),
    );
    expect(exitCode).toBe(1);
  });

  test.for<[what: string, sql: string, code: string, says: RegExp]>([
    ["the table is missing", "drop table user_logins", "table_missing", /no table user_logins/],
    [
      "a column is missing",
      "alter table user_logins drop column locale",
      "column_missing",
      /lacks column locale/,
    ],
    [
      "a column is of another type",
      "alter table user_logins alter app_version type date using null",
      "column_type_mismatch",
      /app_version .* is of type date/,
    ],
  ])("%s", async ([_what, sql, code, says], { env, database }) => {
    await database.query(sql);
    const { check, ids, exitCode } = await examine(env);
    expect(check("table")).toMatchObject({ status: "failed", code });
    expect(`${check("table").found} ${check("table").remedy}`).toMatch(says);
    expect(ids("failed")).toEqual(["table"]);
    expect(exitCode).toBe(1);
  });

  test("privileges are missing: which ones", async ({ env, database }) => {
    const role = `clerk_${database.name}`;
    await database.query(`create role ${role} login password 'clerk'`);
    try {
      await database.query(`grant usage on schema sqs2pg to ${role}`);
      await database.query(`grant select on sqs2pg.migrations, sqs2pg.ledger, sqs2pg.runs to ${role}`);
      const url = urlOf({ ...database.server, user: role, password: "clerk" }, database.name);
      const { check, ids, exitCode } = await examine({ ...env, DATABASE_URL: url });
      expect(check("privileges").found).toMatch(/lacks INSERT on sqs2pg.ledger, DELETE on sqs2pg.ledger, /);
      expect(check("table").found).toMatch(/lacks .*INSERT on user_logins/);
      expect(ids("failed")).toEqual(["privileges", "table"]);
      expect(exitCode).toBe(1);
    } finally {
      await database.query(`drop owned by ${role}`);
      await database.query(`drop role ${role}`);
    }
  });

  test("somebody holds a lock: in its time, and the process ends", async ({ env, database }) => {
    await whileLocked(database, "lock table user_logins in access exclusive mode", async () => {
      const { check, ids, exitCode } = await examine(env, ["--timeout", "5s"]);
      expect(check("table")).toMatchObject({ status: "failed", code: "timed_out", kind: "unavailable" });
      expect(ids("failed")).toEqual(["table"]);
      expect(exitCode).toBe(75);
    });
  });

  test("it is read-only", async ({ env, database }) => {
    await database.query(`alter database ${database.name} set default_transaction_read_only to on`);
    const { check, ids, exitCode } = await examine(env);
    expect(check("writable")).toMatchObject({ status: "failed", code: "database_read_only" });
    expect(ids("failed")).toEqual(["writable"]);
    expect(check("table").found).toBe("needs: writable, which failed");
    expect(exitCode).toBe(1);
  });

  test("a password in --database is warned of, and not repeated", async ({ env, database }) => {
    const { check, stdout } = await examine(env, ["--database", database.url]);
    expect(check("database")).toMatchObject({ status: "warning", code: "password_on_command_line" });
    expect(stdout).not.toContain(database.server.password);
  });

  test("synchronous_commit is off for the role: said, though a drain turns it on", async ({
    env,
    database,
  }) => {
    await database.query(`alter database ${database.name} set synchronous_commit to off`);
    expect((await examine(env)).check("durability").figures).toMatchObject({ synchronous_commit: "off" });
  });

  test("another key is on record", async ({ env, queue, drain }) => {
    queue.send(['{"user_id":"ann","ip":"1.2.3.4"}']);
    await drain();
    const known = await examine(env);
    expect(known.check("key_record")).toMatchObject({ status: "ok", figures: { masks: 2, on_record: 2 } });
    const other = `${KEY.slice(0, -2)}w8`;
    const { check, ids, exitCode } = await examine({ ...env, SQS2PG_MASK_KEY: other });
    expect(check("key_record")).toMatchObject({ status: "failed", code: "key_changed", kind: "usage" });
    expect(ids("failed")).toEqual(["key_record"]);
    expect(exitCode).toBe(2);
  });
});

describe.concurrent("an interrupt", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s: what was found until then is told", async ([signal, code], { env, faults }) => {
    faults.on("GetQueueUrl", always(hang));
    const cli = startCli(["doctor", "--json"], { env: { ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint } });
    await cli.until("the queue is asked for", () => faults.asked("GetQueueUrl") > 0);
    cli.signal(signal);
    const { report, check, exitCode } = examined(await cli.result);
    expect(check("queue")).toMatchObject({ status: "skipped", found: "interrupted" });
    expect(check("config").status).toBe("ok");
    expect({ exitCode, ready: report.ready }).toEqual({ exitCode: code, ready: false });
  });
});
