import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { type Bench, test as bench, KEY } from "../support/bench.js";
import { runCli } from "../support/cli.js";
import { hmacMask } from "../support/independent.js";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

/** An entry of SendMessageBatch, as the AWS CLI takes it from a file. */
interface Entry {
  readonly MessageBody: string;
}

interface Fixtures {
  /** Runs an example in a copy of its folder, as its reader would: its messages are on its queue. */
  readonly run: (example: string) => Promise<{
    readonly command: (...args: string[]) => Promise<Record<string, unknown>>;
    readonly messages: readonly string[];
  }>;
}

const test = bench.extend<Fixtures>({
  run: async ({ sqs, queue, emptyDatabase, env }: Bench, use) => {
    const folders: string[] = [];
    await use(async (example) => {
      const folder = await mkdtemp(join(tmpdir(), "sqs2pg-example-"));
      folders.push(folder);
      await cp(join(EXAMPLES, example), folder, { recursive: true });
      const entries: readonly Entry[] = JSON.parse(await readFile(join(folder, "messages.json"), "utf8"));
      const messages = entries.map(({ MessageBody }) => MessageBody);
      queue.send(messages);
      const settings = {
        ...env,
        ...sqs.environment,
        DATABASE_URL: emptyDatabase.url,
        SQS2PG_QUEUE: queue.name,
      };
      return {
        messages,
        command: async (...args) => {
          const result = await runCli([...args, "--json"], { cwd: folder, env: settings });
          expect(result).toMatchObject({ exitCode: 0 });
          return JSON.parse(result.stdout);
        },
      };
    });
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  },
});

/** Makes the tables, drains all that is on the queue, and drains it again when it is there once more. */
async function drained(
  { command }: Awaited<ReturnType<Fixtures["run"]>>,
  maxRejects: number,
): Promise<Record<string, unknown>> {
  await command("migrate");
  await command("peek");
  return command("drain", "--max-rejects", String(maxRejects));
}

describe.concurrent("the example", () => {
  test("login-events is the built-in pipeline", async ({ run, emptyDatabase }) => {
    const builtIn = await runCli(["init", "--builtin"], { env: {} });
    expect(await readFile(join(EXAMPLES, "login-events", "sqs2pg.yaml"), "utf8")).toBe(builtIn.stdout);
    const report = await drained(await run("login-events"), 1);
    expect(report).toMatchObject({ received: 6, loaded: 5, rejected: 1, rejects: [{ code: "missing" }] });
    const rows = await emptyDatabase.query(
      "select device_type, locale, app_version from user_logins order by 3 nulls last",
    );
    expect(rows).toEqual([
      { device_type: "ios", locale: "PH", app_version: 9_600 },
      { device_type: "ios", locale: null, app_version: 20_201 },
      { device_type: "android", locale: "RU", app_version: 20_300 },
      { device_type: "android", locale: "FR", app_version: 60_200 },
      { device_type: "android", locale: "DE", app_version: null },
    ]);
  });

  test("orders: a message goes into two tables, or into neither", async ({ run, emptyDatabase }) => {
    const report = await drained(await run("orders"), 1);
    expect(report).toMatchObject({
      received: 4,
      loaded: 3,
      rows: 6,
      rejected: 1,
      rejects: [{ code: "no_match" }],
    });
    const orders = await emptyDatabase.query(`select order_id, customer_email, total, channel,
      (select count(*)::integer from shop.order_items where order_id = o.order_id) as items,
      (select sum(amount) from shop.order_items where order_id = o.order_id) as amount
      from shop.orders as o order by order_id`);
    const mail = (text: string) => hmacMask(KEY, "customer.email", text);
    expect(orders).toEqual([
      {
        order_id: "9007199254740993",
        customer_email: mail("ann@example.com"),
        total: "103.40",
        channel: "web",
        items: 2,
        amount: "103.40",
      },
      {
        order_id: "9007199254740994",
        customer_email: mail("bob@example.com"),
        total: "49.90",
        channel: "web",
        items: 1,
        amount: "49.90",
      },
      {
        order_id: "9007199254740995",
        customer_email: mail("carl@example.com"),
        total: "0.00",
        channel: "web",
        items: 0,
        amount: null,
      },
    ]);
  });

  test("audit-events: what has no column is jsonb, without what is masked", async ({
    run,
    emptyDatabase,
  }) => {
    expect(await drained(await run("audit-events"), 0)).toMatchObject({
      received: 3,
      loaded: 3,
      rejected: 0,
    });
    const rows = await emptyDatabase.query(
      "select outcome, source_network, detail from audit_events order by occurred_at",
    );
    expect(rows.map(({ outcome, source_network: network }) => [outcome, network])).toEqual([
      ["Success", "198.51.100.0"],
      ["Failure", "2001:db8:85a3::"],
      ["Success", null],
    ]);
    expect(rows[0]?.["detail"]).toMatchObject({
      userIdentity: { type: "IAMUser", accountId: "123456789012" },
      additionalEventData: { MFAUsed: "Yes" },
    });
    const text = JSON.stringify(rows);
    for (const raw of ["ann", "198.51.100.23", "user/bob", "8a2e"]) expect(text).not.toContain(raw);
  });

  test("iot-readings: each goes into the partition of its day, and the newest one stays", async ({
    run,
    emptyDatabase,
  }) => {
    const report = await drained(await run("iot-readings"), 0);
    expect(report).toMatchObject({
      received: 5,
      loaded: 5,
      rejected: 0,
      warnings: { value: { wrong_type: 1 } },
    });
    const rows = await emptyDatabase.query(`select tableoid::regclass::text as part, metric, value, quality
      from readings order by measured_at, metric, value nulls last`);
    expect(rows).toEqual([
      { part: "readings_2026_03_04", metric: "energy_wh", value: "123456789.123456789", quality: "good" },
      { part: "readings_2026_03_04", metric: "humidity_pct", value: "41", quality: "good" },
      { part: "readings_2026_03_04", metric: "temperature_c", value: "20.9", quality: "good" },
      {
        part: "readings_2026_03_04",
        metric: "temperature_c",
        value: expect.stringMatching(/^21\.[14]$/),
        quality: expect.any(String),
      },
      { part: "readings_2026_03_04", metric: "temperature_c", value: null, quality: "good" },
      { part: "readings_2026_03_04", metric: "temperature_c", value: "21.6", quality: "good" },
      { part: "readings_2026_03_05", metric: "temperature_c", value: "19.75", quality: "good" },
    ]);
  });

  test("s3-notifications: each record once, however often it is notified", async ({ run, emptyDatabase }) => {
    const report = await drained(await run("s3-notifications"), 1);
    expect(report).toMatchObject({
      received: 4,
      loaded: 3,
      rows: 3,
      superseded: 1,
      rejects: [{ code: "missing", field: "Records" }],
    });
    const rows = await emptyDatabase.query(
      "select event_name, size_bytes, source_network from object_events order by sequencer",
    );
    expect(rows).toEqual([
      { event_name: "ObjectCreated:Put", size_bytes: "48211", source_network: "203.0.113.0" },
      {
        event_name: "ObjectCreated:CompleteMultipartUpload",
        size_bytes: "5368709120",
        source_network: "203.0.113.0",
      },
      { event_name: "ObjectRemoved:Delete", size_bytes: null, source_network: "203.0.113.0" },
    ]);
  });
});

describe.concurrent("init on the queue of the example", async () => {
  const entries = await readdir(EXAMPLES, { withFileTypes: true });
  for (const { name: example } of entries.filter((entry) => entry.isDirectory())) {
    test(`${example} proposes a pipeline that drains it`, async ({ run, emptyDatabase }) => {
      const { command, messages } = await run(example);
      await command("init", "--yes", "--force", "--table", `proposed_${example.replaceAll("-", "_")}`);
      await command("migrate");
      const report = await command("drain", "--max-rejects", "3");
      expect(report).toMatchObject({ received: messages.length });
      expect(Number(report["loaded"])).toBeGreaterThanOrEqual(messages.length - 1);
      const [count] = await emptyDatabase.query(
        `select count(*)::integer as rows from proposed_${example.replaceAll("-", "_")}`,
      );
      expect(count).toEqual({ rows: report["rows"] });
    });
  }
});
