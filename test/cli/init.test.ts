import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { type Bench, test as bench } from "../support/bench.js";
import { type Canary, leaksIn, PLANTED } from "../support/canaries.js";
import { type CliResult, runCli } from "../support/cli.js";
import { FOREIGN_BODY } from "../support/events.js";
import { orderEvents, typedEvents } from "../support/order-events.js";

interface Fixtures {
  readonly directory: string;
  /** Runs `init` in the test's directory on the test's queue. */
  readonly init: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliResult>;
}

const test = bench.extend<Fixtures>({
  directory: async ({ task: _task }, use) => {
    const directory = await mkdtemp(join(tmpdir(), "sqs2pg-init-"));
    await use(directory);
    await rm(directory, { recursive: true });
  },
  init: async ({ directory, queueEnv }: Bench & Pick<Fixtures, "directory">, use) => {
    await use((args = [], env = {}) =>
      runCli(["init", ...args], { cwd: directory, env: { ...queueEnv, ...env } }),
    );
  },
});

const MAIL: Canary = { name: "mail", text: ".canary7734@example.com" };
const HIDDEN = [...PLANTED, MAIL, { name: "city", text: "Utrecht" }, { name: "state", text: "paid" }];
const YES = ["--table", "orders", "--yes"];

describe.concurrent("init", () => {
  test("proposes what migrate and drain then load, message by message", async ({
    queue,
    directory,
    init,
    emptyDatabase,
    queueEnv,
  }) => {
    const events = orderEvents(60);
    queue.send([...events, FOREIGN_BODY]);
    const { exitCode, stdout, stderr } = await init(YES);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(queue.counts()).toEqual({ visible: 61, in_flight: 0, delayed: 0 });
    expect(new Set(queue.receiveCounts())).toEqual(new Set([1]));
    for (const word of [
      "contact_email",
      "hmac-sha256",
      "Looking raised the receive count",
      "sqs2pg migrate",
    ]) {
      expect(stdout).toContain(word);
    }

    const env = { ...queueEnv, DATABASE_URL: emptyDatabase.url };
    const run = (...args: string[]) => runCli([...args, "--json"], { cwd: directory, env });
    const migrated = JSON.parse((await run("migrate")).stdout);
    expect(migrated.user.applied).toEqual([expect.stringMatching(/^\d{14}_create_orders\.mjs$/)]);
    const drained = await run("drain", "--quiet", "--max-rejects", "1");
    expect(drained).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(drained.stdout)).toMatchObject({ received: 61, loaded: 60, rejected: 1 });

    const rows = await emptyDatabase.query("select * from orders order by order_id");
    expect(rows).toHaveLength(60);
    expect(rows[1]).toMatchObject({
      order_id: 2,
      state: "paid",
      placed_at: new Date("2026-01-01T00:00:01Z"),
      is_gift: false,
      voucher: null,
      customer_city: "Utrecht",
      sent_at: expect.any(Date),
      contact_email: expect.stringMatching(/^[0-9a-f]{64}$/),
      client_ip: expect.stringMatching(/^[0-9a-f]{64}$/),
      device_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      customer_last_name: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("infers types that hold every value of the sample", async ({
    queue,
    directory,
    init,
    emptyDatabase,
    queueEnv,
  }) => {
    queue.send(typedEvents(40));
    expect(await init(["--table", "etl.Typed Events", "--yes"])).toMatchObject({ exitCode: 0, stderr: "" });
    const env = { ...queueEnv, DATABASE_URL: emptyDatabase.url };
    expect(await runCli(["migrate"], { cwd: directory, env })).toMatchObject({ exitCode: 0, stderr: "" });
    const drained = await runCli(["drain", "--quiet", "--json"], { cwd: directory, env });
    expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: 40, rejected: 0, warnings: {} });
    const [row] = await emptyDatabase.query(`select * from etl."Typed Events" where "row" = 7`);
    expect(row).toMatchObject({
      uuid: "424cdd21-063a-43a7-b91b-7ca1a8100007",
      big: "9007199254741000",
      huge: "123456789012345678901234567890",
      price: "7.25",
      when: new Date("2025-12-31T22:00:07Z"),
      created: new Date(1_780_000_007_000),
      updated_at: new Date(1_780_000_000_130),
      flag: true,
      tags: ["a", 7],
      deep_a_b_c: { d: 7 },
      mixed: "one",
      odd_key: "x",
      select: "y",
      peer_version: "1.2.3.7",
    });
    const types = await emptyDatabase.query(
      `select string_agg(format_type(atttypid, atttypmod), ',' order by attnum) as text
       from pg_attribute where attrelid = 'etl."Typed Events"'::regclass and attnum > 0`,
    );
    expect(types[0]?.["text"]).toBe(
      "integer,uuid,bigint,numeric,numeric(14,2),double precision,timestamp with time zone,timestamp without time zone,date," +
        "timestamp with time zone,timestamp with time zone,boolean,jsonb,jsonb,jsonb,character varying(16)," +
        "character varying(16),inet,text,timestamp with time zone,text",
    );
  });

  test.for([
    ["as JSON", ["--json"], {}],
    ["as YAML in a pipe", [], {}],
    ["for people, in colour and narrow", ["--yes"], { FORCE_COLOR: "1", COLUMNS: "40", LANG: "C.UTF-8" }],
  ] as const)("shows no value: %s", async ([, flags, env], { queue, init, directory }) => {
    queue.send([...orderEvents(30), FOREIGN_BODY, "not json, but ann@example.com", `{"${MAIL.text}":1}`]);
    const { exitCode, stdout, stderr } = await init(["--log-level", "debug", ...flags], env);
    expect(exitCode).toBe(0);
    const written = (await readdir(directory)).includes("sqs2pg.yaml")
      ? await readFile(join(directory, "sqs2pg.yaml"), "utf8")
      : "";
    expect(leaksIn(stdout + stderr + written, HIDDEN)).toEqual([]);
  });

  test("says that a queue of the environment goes before the file", async ({ queue, init }) => {
    queue.send(orderEvents(5));
    const { stdout } = await init(["--yes"]);
    expect(stdout).not.toContain("unset SQS2PG_QUEUE");
    queue.send(orderEvents(5));
    const elsewhere = { SQS2PG_QUEUE: "another-queue" };
    const { stdout: other } = await init(["--yes", "--force", "--queue", queue.name], elsewhere);
    expect(other).toContain("unset SQS2PG_QUEUE");
  });

  test("in a pipe without --yes prints the pipeline and writes nothing", async ({
    queue,
    directory,
    init,
  }) => {
    queue.send(orderEvents(5));
    const { exitCode, stdout, stderr } = await init(["--table", "shop.orders"]);
    expect(exitCode).toBe(0);
    // sqs2pg is not installed there: a path to its schema would lead nowhere.
    expect(stdout).toMatch(/^# Proposed by sqs2pg init/);
    expect(stdout).toContain("\ntable: shop.orders\n");
    expect(stderr).toContain("Nothing was written");
    expect(await readdir(directory)).toEqual([]);
  });

  test("refuses to write over a file before it looks at a message", async ({ queue, directory, init }) => {
    queue.send(orderEvents(3));
    await writeFile(join(directory, "sqs2pg.yaml"), "mine");
    const { exitCode, stdout, stderr } = await init(YES);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^sqs2pg: sqs2pg\.yaml is there already: .*--force/);
    expect(queue.receiveCounts()).toEqual([0, 0, 0]);
    expect(await readFile(join(directory, "sqs2pg.yaml"), "utf8")).toBe("mine");

    await rename(join(directory, "sqs2pg.yaml"), join(directory, "sqs2pg.json"));
    expect(await init(YES)).toMatchObject({
      exitCode: 2,
      stderr: "sqs2pg: sqs2pg.json is there already: give another --out, such as orders.yaml\n",
    });
    await rename(join(directory, "sqs2pg.json"), join(directory, "sqs2pg.yaml"));
    expect(await init([...YES, "--force"])).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(directory, "sqs2pg.yaml"), "utf8")).toContain("table: orders");
  });

  test("makes no second migration for a table: --force writes over the first", async ({
    queue,
    directory,
    init,
  }) => {
    queue.send(orderEvents(3));
    await init(YES);
    const [first] = await readdir(join(directory, "migrations"));
    await rm(join(directory, "sqs2pg.yaml"));
    const refused = await init(YES);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${first} creates this table`),
    });
    expect(existsSync(join(directory, "sqs2pg.yaml"))).toBe(false);
    expect(await init(["--table", "orders", "--quiet"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await init([...YES, "--force"])).toMatchObject({ exitCode: 0 });
    expect(await readdir(join(directory, "migrations"))).toEqual([first]);
  });

  test("of a table that is there takes the columns, and makes no migration", async ({
    queue,
    directory,
    init,
    emptyDatabase,
    queueEnv,
  }) => {
    await emptyDatabase.query(`create table orders (
      id bigint generated always as identity, order_id bigint not null, masked_client_ip varchar(256),
      contact_email varchar(20), "isGift" boolean, loaded_at timestamptz not null default now(), region text not null)`);
    queue.send(orderEvents(25));
    const database = ["--database", emptyDatabase.url];
    const { stdout, exitCode } = await init([...YES, "--json", ...database]);
    expect(exitCode).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ table_exists: true, migration: null, written: ["sqs2pg.yaml"] });
    expect(
      document.columns.map(({ name, type, mask }: Record<string, string>) => [name, type, mask]),
    ).toEqual([
      ["order_id", "bigint", null],
      ["contact_email", "varchar(20)", "redact"],
      ["masked_client_ip", "varchar(256)", "hmac-sha256"],
      ["isGift", "boolean", null],
    ]);
    expect(document.unfilled_columns).toEqual(["loaded_at", "region"]);
    expect(await readdir(directory)).toEqual(["sqs2pg.yaml"]);

    await emptyDatabase.query("alter table orders alter region drop not null");
    const env = { ...queueEnv, DATABASE_URL: emptyDatabase.url };
    await runCli(["migrate"], { cwd: directory, env });
    const drained = await runCli(["drain", "--quiet", "--json"], { cwd: directory, env });
    expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: 25, rejected: 0 });
  });

  test("a database of the environment that does not answer is told, one of a flag ends it", async ({
    queue,
    init,
  }) => {
    queue.send(orderEvents(2));
    const nowhere = "postgres://u@127.0.0.1:1/d";
    const told = await init(["--quiet"], { DATABASE_URL: nowhere });
    expect(told).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("refused the connection") });
    expect(await init(["--database", nowhere])).toMatchObject({ exitCode: 75, stdout: "" });
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
  });

  test("an empty queue, one of no JSON, and no queue are errors that say what to do", async ({
    queue,
    directory,
    init,
  }) => {
    const empty = await init(YES);
    expect(empty).toMatchObject({ exitCode: 1, stdout: "" });
    expect(empty.stderr).toMatch(/^sqs2pg: the queue \S+ has no message to look at now: run init again when/);
    queue.send(["plain canary-7734", "[1, 2]", '"text"']);
    const text = await init([...YES, "--json"]);
    expect(text.exitCode).toBe(1);
    expect(JSON.parse(text.stdout)).toMatchObject({ error: { code: "no_records" } });
    expect(text.stdout + text.stderr).not.toContain("canary");
    expect(queue.counts()).toEqual({ visible: 3, in_flight: 0, delayed: 0 });
    expect(await init(YES, { SQS2PG_QUEUE: "" })).toMatchObject({
      exitCode: 2,
      stderr: "sqs2pg: init looks at a queue: name it by --queue or SQS2PG_QUEUE\n",
    });
    expect(await readdir(directory)).toEqual([]);
  });

  test("looks at --max messages, and warns where the next receive may be the last", async ({
    sqs,
    queue,
    init,
  }) => {
    const redriven = sqs.createQueue(`redriven-${queue.name.slice(0, 20)}`, {
      deadLetter: { queue, maxReceiveCount: 1 },
    });
    redriven.send(orderEvents(12));
    const { stdout } = await init(["--json", "--max", "4", "--queue", redriven.url]);
    const { sample, table } = JSON.parse(stdout);
    expect(sample).toMatchObject({ messages: 4, not_released: 0 });
    expect(sample.near_redrive).toHaveLength(4);
    expect(table).toMatch(/^redriven_/);
    expect(redriven.counts()).toEqual({ visible: 12, in_flight: 0, delayed: 0 });
    expect(redriven.receiveCounts().toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });
});
