import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { KEY, test } from "../support/bench.js";
import { runCli } from "../support/cli.js";
import { hmacMask } from "../support/independent.js";

const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing", SQS2PG_MASK_KEY: KEY };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe.concurrent("a config file that cannot be used", () => {
  test("has all its mistakes told at once, a line each with its path and what would be right", async () => {
    const path = await file(
      "mistakes.yaml",
      `queue: 7
tabel: orders
columns:
  id: { from: id, type: nope }
  email: { from: email, type: varchar(10), mask: hmac-sha256 }
  note: { from: note, type: text, maks: sha256 }
  total: { type: integer }
`,
    );
    const { exitCode, stdout, stderr } = await runCli(["drain", "--config", path], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    const [head, ...problems] = stderr.trimEnd().split("\n");
    expect(head).toMatch(new RegExp(`^sqs2pg: ${path}: ${problems.length} problems$`));
    expect(problems.map((line) => line.trim().replace(path, "FILE"))).toEqual([
      "FILE:1:8 queue: must be text, not a number",
      "FILE:2:1 tabel: there is no such setting; did you mean table?",
      expect.stringMatching(/^FILE:4:25 columns.id.type: "nope" is no type that can be loaded/),
      "FILE:5:50 columns.email.mask: hmac-sha256 gives 64 characters, more than varchar(10) holds",
      "FILE:6:35 columns.note.maks: there is no such setting; did you mean mask?",
      "FILE:7:3 columns.total.from: is missing",
    ]);
  });

  test("has them one by one in --json, and nothing of what the environment holds", async () => {
    const path = await file(
      "variables.yaml",
      "queue: q\ntable: t\ncolumns:\n  c:\n    from: c\n    type: ${SECRET}\n    mask: ${OTHER}\n",
    );
    const secret = "postgres://me:pa55word@db/orders";
    const { exitCode, stdout, stderr } = await runCli(["drain", "--json", "--config", path], {
      env: { ...env, SECRET: secret },
    });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "config_invalid",
      problems: [
        {
          ...{ file: path, line: 6, column: 11, path: "columns.c.type" },
          message: expect.stringMatching(/^"\$\{SECRET\}" is no type that can be loaded/),
        },
        {
          ...{ file: path, line: 7, column: 11, path: "columns.c.mask" },
          message: "the variable OTHER is not set: set it, or write ${OTHER:-default}",
        },
      ],
    });
    for (const part of [secret, "pa55word", "me:"]) expect(stdout + stderr).not.toContain(part);
  });

  test("stands in one list with what is wrong elsewhere", async () => {
    const path = await file("empty.yaml", "");
    const { stderr } = await runCli(["drain", "--config", path], { env: { SQS2PG_MASK_KEY: "x" } });
    expect(stderr).toMatch(/^sqs2pg: settings: 3 problems\n/);
    expect(stderr).toContain("empty.yaml: the file is empty");
    expect(stderr).toContain("no database is given");
    expect(stderr).toContain("SQS2PG_MASK_KEY: the masking key does not start as one");
  });

  test.each<[what: string, name: string, text: string, says: RegExp]>([
    [
      "no YAML",
      "broken.yaml",
      "table: [a\ncolumns",
      /^sqs2pg: .*broken.yaml: 2 problems\n {2}\/.*broken.yaml:2:1: Flow/,
    ],
    ["no map", "list.yaml", "- a\n- b\n", /list.yaml:1:1: must be a map, not a list/],
    ["empty", "empty-file.yaml", "# nothing\n", /empty-file.yaml: the file is empty/],
    [
      "no columns",
      "none.json",
      '{"queue":"q","table":"t","columns":{}}',
      /none.json:1:26 columns: needs at least one column/,
    ],
  ])("%s", async (_what, name, text, says) => {
    const { exitCode, stderr } = await runCli(["drain", "--config", await file(name, text)], { env });
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(2);
  });

  test.each<[what: string, path: string, says: RegExp]>([
    ["that is not there", "/nonexistent/sqs2pg.yaml", /the config file .* does not exist/],
    ["that is a folder", tmpdir(), /is a directory, not a file/],
  ])("%s", async (_what, path, says) => {
    const { exitCode, stderr } = await runCli(["drain", "--config", path], { env });
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^sqs2pg: .*\n$/);
    expect(exitCode).toBe(2);
  });

  test("two in the working directory are none: one has to be chosen", async () => {
    const cwd = await mkdtemp(join(folder, "two-"));
    await writeFile(join(cwd, "sqs2pg.yaml"), "");
    await writeFile(join(cwd, "sqs2pg.json"), "");
    const { stderr } = await runCli(["drain"], { env, cwd });
    expect(stderr).toBe("sqs2pg: both sqs2pg.yaml and sqs2pg.json are here: choose one with --config\n");
  });
});

describe.concurrent("the built-in pipeline", () => {
  test("as init prints it, saved and used, does exactly what none does", async ({
    sqs,
    database,
    emptyDatabase,
  }) => {
    const { stdout: yaml } = await runCli(["init", "--builtin"]);
    const [withFile, without] = await Promise.all([mkdtemp(join(folder, "a-")), mkdtemp(join(folder, "b-"))]);
    await writeFile(join(withFile, "sqs2pg.yaml"), yaml);
    const bodies = [
      ...["199.172.111.135", "::ffff:1.2.3.4", "no address", null].map((ip) =>
        JSON.stringify({
          user_id: "u",
          app_version: "2.3.0",
          device_type: "ios",
          ip,
          locale: null,
          device_id: "1",
        }),
      ),
      '{"foo":"oops_wrong_msg_type"}',
    ];
    const run = async (cwd: string, { url }: { url: string }, name: string): Promise<unknown> => {
      const queue = sqs.createQueue(name);
      queue.send(bodies);
      const env = { ...sqs.environment, SQS2PG_QUEUE: queue.name, SQS2PG_MASK_KEY: KEY, DATABASE_URL: url };
      const migrated = await runCli(["migrate"], { env, cwd });
      const peeked = await runCli(["peek", "--max", "1", "--json"], { env, cwd });
      const drained = await runCli(["drain", "--json"], { env, cwd });
      const { rows } = JSON.parse(peeked.stdout);
      const { received, loaded, rejected, rejects, table } = JSON.parse(drained.stdout);
      return {
        stderr: [migrated.stderr, peeked.stderr, drained.stderr],
        exits: [migrated.exitCode, peeked.exitCode, drained.exitCode],
        ...{ rows, received, loaded, rejected, table },
        rejects: rejects.map(({ code, field }: { code: string; field: string }) => [code, field]),
      };
    };
    const rowsOf = (of: { query: (sql: string) => Promise<unknown> }): Promise<unknown> =>
      of.query("select * from user_logins order by masked_ip");
    const [used, unused] = [
      await run(withFile, emptyDatabase, "login-with-a-file"),
      await run(without, database, "login-without"),
    ];
    expect(used).toEqual({ ...(unused as object) });
    expect(await rowsOf(emptyDatabase)).toEqual(await rowsOf(database));
    expect(
      await emptyDatabase.query("select masked_ip from user_logins where masked_ip is not null"),
    ).toEqual(expect.arrayContaining([{ masked_ip: hmacMask(KEY, "ip", "199.172.111.135") }]));
  });
});

describe.concurrent("several pipelines", () => {
  test("of one queue are drained together, and --pipeline chooses the queue", async ({
    sqs,
    queue,
    emptyDatabase,
  }) => {
    await emptyDatabase.query(
      "create table orders (id bigint); create table items (order_id bigint); create table other (id bigint)",
    );
    const cwd = await mkdtemp(join(folder, "several-"));
    const other = sqs.createQueue("of-the-other-one");
    await writeFile(
      join(cwd, "sqs2pg.ts"),
      `import { defineConfig } from "sqs2pg";
const table = (name: string, column: string) => ({ table: name, columns: { [column]: { from: "id", type: "bigint" } } });
export default defineConfig({
  queue: process.env["ORDERS_QUEUE"],
  schema: "books",
  pipelines: {
    orders: table("orders", "id"),
    other: { ...table("other", "id"), queue: "${other.name}" },
    items: table("items", "order_id"),
  },
});`,
    );
    const options = {
      cwd,
      env: { ...sqs.environment, ORDERS_QUEUE: queue.name, DATABASE_URL: emptyDatabase.url },
    };
    queue.send(['{"id":1}']);
    other.send(['{"id":2}']);
    expect(await runCli(["migrate"], options)).toMatchObject({ exitCode: 0, stderr: "" });

    expect(await runCli(["drain"], options)).toMatchObject({
      exitCode: 2,
      stderr:
        "sqs2pg: sqs2pg.ts has pipelines of several queues: choose one with --pipeline (env: SQS2PG_PIPELINE): orders, other, items\n",
    });
    for (const args of [["unmask", "x"], ["audit"], ["forget", "x"], ["rewrap"]]) {
      const { stderr } = await runCli(args, options);
      expect(stderr).toContain("sqs2pg.ts has several pipelines, and this command works on one: choose one");
    }
    const drained = await runCli(["drain", "--json", "--pipeline", "items"], options);
    expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: 1, stopped_because: "empty" });
    const count =
      "select (select array_agg(id) from orders) as orders, (select array_agg(order_id) from items) as items, (select array_agg(id) from other) as other";
    expect(await emptyDatabase.query(count)).toEqual([{ orders: ["1"], items: ["1"], other: null }]);
    const env = { ...options.env, SQS2PG_PIPELINE: "other" };
    expect(await runCli(["drain"], { cwd, env })).toMatchObject({ exitCode: 0 });
    expect(await emptyDatabase.query(count)).toEqual([{ orders: ["1"], items: ["1"], other: ["2"] }]);
  });
});

describe.concurrent("another pipeline", () => {
  test("goes to its own table, with its own columns, masks and bookkeeping schema", async ({
    sqs,
    queue,
    emptyDatabase,
  }) => {
    await emptyDatabase.query(`create schema shop`);
    await emptyDatabase.query(
      `create table shop."Orders" (id bigint primary key, email text, card text, city text, paid boolean,
         at timestamptz, message text, source text, run text)`,
    );
    const cwd = await mkdtemp(join(folder, "orders-"));
    await writeFile(
      join(cwd, "sqs2pg.yaml"),
      `queue: not-this-one
table: shop.Orders
schema: books
columns:
  id:      { from: order.id, type: bigint, required: true }
  email:   { from: customer.email, type: text, mask: hmac-sha256, domain: person }
  card:    { from: customer.card, type: varchar(32), mask: { strategy: partial, keep_last: 4 } }
  city:    { from: customer.city, type: text, mask: redact }
  paid:    { from: paid, type: boolean }
  at:      { from: at, type: timestamptz }
  message: { from: $message_id, type: text }
  source:  { from: $attributes.source, type: text }
  run:     { from: $run_id, type: text }
`,
    );
    const options = {
      cwd,
      env: {
        ...sqs.environment,
        SQS2PG_QUEUE: queue.arn,
        SQS2PG_MASK_KEY: KEY,
        DATABASE_URL: emptyDatabase.url,
      },
    };
    const order = {
      order: { id: 4711 },
      customer: { email: "ann@example.org", card: "4111111111111111", city: "Oslo" },
      paid: true,
      at: "2026-03-04T05:06:07.5+02:00",
    };
    const [sent] = queue.send([JSON.stringify(order)], { attributes: { source: "web" } });
    const [again] = queue.send([JSON.stringify({ ...order, paid: false })]);

    expect(await runCli(["migrate"], options)).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await runCli(["drain", "--json"], options);
    const report = JSON.parse(stdout);

    expect(exitCode).toBe(3);
    expect(report).toMatchObject({
      table: "shop.Orders",
      loaded: 1,
      rejected: 1,
      rejects: [{ code: "sqlstate_23505", field: "Orders_pkey", example_message_id: expect.any(String) }],
    });
    const [row] = await emptyDatabase.query<Record<string, unknown>>(
      `select id, email, card, city, paid, at at time zone 'UTC' = '2026-03-04 03:06:07.5' as at, run from shop."Orders"`,
    );
    expect(row).toEqual({
      id: "4711",
      email: hmacMask(KEY, "person", "ann@example.org"),
      card: "************1111",
      city: "[redacted]",
      paid: expect.any(Boolean),
      at: true,
      run: report.run_id,
    });
    const messages = await emptyDatabase.query(
      `select message from shop."Orders" union all select message_id::text from books.rejects`,
    );
    expect(messages.map(({ message }) => message).toSorted()).toEqual(
      [sent?.messageId, again?.messageId].toSorted(),
    );
    expect(await emptyDatabase.query("select to_regclass('sqs2pg.ledger') as none")).toEqual([
      { none: null },
    ]);
  });
});
