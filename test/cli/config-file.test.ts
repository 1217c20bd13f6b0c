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
  id: { from: id, type: uuid }
  email: { from: email, type: varchar(10), mask: hmac-sha256 }
  note: { from: note, type: text, maks: sha256 }
  total: { type: integer }
`,
    );
    const { exitCode, stdout, stderr } = await runCli(["drain", "--config", path], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    const [head, ...problems] = stderr.trimEnd().split("\n");
    expect(head).toMatch(new RegExp(`^sqs2pg: ${path}: ${problems.length} problems$`));
    expect(problems.map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        "queue: must be text, not a number",
        expect.stringMatching(/^tabel: there is no such setting.*table/),
        "table: is missing",
        expect.stringMatching(/^columns.id.type: "uuid" is no type that can be loaded/),
        "columns.email.mask: hmac-sha256 gives 64 characters, more than varchar(10) holds",
        expect.stringMatching(/^columns.note.maks: there is no such setting.*mask/),
        "columns.total.from: is missing",
      ]),
    );
  });

  test("stands in one list with what is wrong elsewhere", async () => {
    const path = await file("empty.yaml", "");
    const { stderr } = await runCli(["drain", "--config", path], { env: { SQS2PG_MASK_KEY: "x" } });
    expect(stderr).toMatch(/^sqs2pg: settings: 3 problems\n/);
    expect(stderr).toContain("the file is empty");
    expect(stderr).toContain("no database is given");
    expect(stderr).toContain("SQS2PG_MASK_KEY: the masking key does not start as one");
  });

  test.each<[what: string, name: string, text: string, says: RegExp]>([
    ["no YAML", "broken.yaml", "table: [a\ncolumns", /broken.yaml:2:1: /],
    ["no map", "list.yaml", "- a\n- b\n", /list.yaml: must be a map, not a list/],
    ["empty", "empty-file.yaml", "# nothing\n", /empty-file.yaml: the file is empty/],
    [
      "no columns",
      "none.json",
      '{"queue":"q","table":"t","columns":{}}',
      /columns: needs at least one column/,
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
