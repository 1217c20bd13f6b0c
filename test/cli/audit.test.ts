import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { AuditReport } from "../../src/masked-data/audit-report.js";
import { parseKey } from "../../src/masking/index.js";
import { KEY, test } from "../support/bench.js";
import { type CliOptions, type CliResult, runCli } from "../support/cli.js";

const IP = "199.172.111.135";
const DEVICE = "593-47-5928";
const EVENT = JSON.stringify({
  user_id: "u",
  device_type: "android",
  ip: IP,
  device_id: DEVICE,
  app_version: "2.3.0",
});
const KEY_ID = parseKey(KEY).id;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-"));
  await writeFile(
    join(folder, "sqs2pg.yaml"),
    `queue: contacts
table: contacts
columns:
  email:  { from: email, type: text, mask: { strategy: aes-siv } }
  phone:  { from: phone, type: text, mask: { strategy: partial, keep_last: 2 } }
  id:     { from: c1, type: text, mask: sha256 }
  street: { from: street, type: text }
`,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Audited extends CliResult {
  readonly report: AuditReport;
}

async function auditCli(args: readonly string[], options: CliOptions): Promise<Audited> {
  const result = await runCli(["audit", "--json", ...args], options);
  return { ...result, report: JSON.parse(result.stdout) };
}

describe.concurrent("audit", () => {
  test("of what was drained: nobody without the key gets at it", async ({ queue, drain, env }) => {
    queue.send([EVENT, EVENT]);
    expect((await drain()).report).toMatchObject({ loaded: 2 });
    const { exitCode, stderr, report } = await auditCli([], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(Object.keys(report)).toEqual([
      ...["table", "database", "rows", "is_sample", "cores", "at_risk", "columns", "unmasked"],
    ]);
    expect(report).toMatchObject({
      table: "user_logins",
      rows: 2,
      is_sample: false,
      at_risk: [],
      unmasked: [],
    });
    expect(Object.keys(report.columns[0] ?? {})).toEqual([
      ...["column", "from", "strategy", "domain", "companion_of", "verdict", "reversible_by", "guessable_by"],
      ...["candidates", "joinable", "joined_by", "shows", "kept", "keys", "stored"],
    ]);
    expect(report.columns).toMatchObject([
      {
        ...{ column: "masked_ip", strategy: "hmac-sha256", domain: "ip", guessable_by: "key_holder" },
        candidates: [{ kind: "ipv4", count: 2 ** 32, is_example: false }],
        keys: [{ key_id: KEY_ID, held: true, is_current: true, values: null }],
        stored: { values: 2, other_form: 0, looks_like: "sha256" },
      },
      { column: "masked_device_id", candidates: [{ kind: "nine-digits", count: 1e9 }] },
    ]);
    for (const { candidates } of report.columns) {
      for (const { count, per_second: rate, seconds } of candidates) {
        expect(rate).toBeGreaterThan(0);
        expect(Math.abs((seconds ?? 0) / ((count ?? 0) / (rate ?? 1)) - 1)).toBeLessThan(0.01);
      }
    }
  });

  test("of what was drained without a key: anyone guesses it", async ({ queue, drain, env }) => {
    queue.send([EVENT]);
    await drain(["--mask", "sha256"]);
    const { exitCode, stderr, report } = await auditCli(["--mask", "sha256"], { env });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^warning: masked_ip, masked_device_id: plain sha256 can be guessed .*\n$/);
    expect(report.at_risk).toEqual(["masked_ip", "masked_device_id"]);
    expect(report.columns[0]).toMatchObject({ verdict: "guessable", guessable_by: "anyone", keys: [] });

    const forPeople = await runCli(["audit", "--mask", "sha256"], { env });
    expect(forPeople.exitCode).toBe(3);
    expect(forPeople.stdout).toMatch(
      /^At risk: 2 of 2 masked columns of user_logins: masked_ip, masked_device_id\n1 row of /,
    );
    expect(forPeople.stdout).toMatch(
      /\n\nmasked_ip: sha256\n {2}verdict {4}guessable by anyone who has the table\n/,
    );
    expect(forPeople.stdout).toMatch(/by anyone: all 4,294,967,296 IPv4 addresses in .* \([\d,]+\/s\)\n/);
    expect(forPeople.stdout).toMatch(/measured on one core of this machine/);
  });

  test("of raw values that are left from before, none of which it shows", async ({
    queue,
    drain,
    database,
    env,
  }) => {
    queue.send([EVENT]);
    await drain();
    await database.query("insert into user_logins (user_id, masked_ip) values ('old', $1), ('older', $1)", [
      IP,
    ]);
    const { exitCode, stdout, report } = await auditCli([], { env });
    expect({ exitCode, risk: report.at_risk }).toEqual({ exitCode: 3, risk: ["masked_ip"] });
    expect(report.columns[0]).toMatchObject({ verdict: "exposed", stored: { values: 3, other_form: 2 } });
    const forPeople = await runCli(["audit", "--log-level", "debug"], { env });
    expect(forPeople).toMatchObject({ exitCode: 3, stderr: "" });
    expect(forPeople.stdout).toContain("exposed: 2 values of another form than hmac-sha256 makes\n");
    expect(stdout + forPeople.stdout).not.toContain(IP);
  });

  test("needs neither a database nor a key, and takes the pipeline from the file", async () => {
    const { exitCode, stderr, report } = await auditCli([], { cwd: folder });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^warning: id: plain sha256/);
    expect(report).toMatchObject({
      ...{ table: "contacts", database: null, rows: null, at_risk: ["id"] },
      unmasked: [{ column: "street", from: "street", looks_like: "address" }],
    });
    expect(report.columns).toMatchObject([
      { column: "email", keys: [], verdict: "ok", reversible_by: "key_holder", stored: null },
      { column: "phone", verdict: "narrowed", kept: { last_characters: 2 } },
      { column: "id", candidates: [{ is_example: true }, { is_example: true }] },
    ]);
    const withKey = await auditCli([], { cwd: folder, env: { SQS2PG_MASK_KEY: KEY } });
    expect(withKey.report.columns[0]?.keys).toMatchObject([{ key_id: KEY_ID, held: true }]);
  });

  test("--kind says what the values are, once or more", async () => {
    const args = ["--kind", "id=imei", "--kind", "id=birth-date"];
    const { report } = await auditCli(args, { cwd: folder });
    expect(report.columns[2]?.candidates).toMatchObject([
      { kind: "birth-date", count: 40_178, is_example: false },
    ]);
  });

  test("--sample looks at some rows", async ({ database, env }) => {
    await database.query("insert into user_logins (user_id) select 'u' from generate_series(1, 50)");
    const { report } = await auditCli(["--sample", "20"], { env });
    expect(report).toMatchObject({ rows: 20, is_sample: true });
  });

  test.each<[args: string[], says: RegExp]>([
    [["--kind", "id"], /--kind must be a column, = and one of ipv4, nine-digits, .*, not "id"/],
    [["--kind", "id=shoe-size"], /--kind must be a column, = .*, not "id=shoe-size"/],
    [["--kind", "=ipv4"], /--kind must be a column/],
    [["--kind", "street=ipv4"], /the kind of "street" was told, which is no masked column of this pipeline/],
    [["--sample", "0"], /--sample must be a whole number from 1 up, not "0"/],
    [["--database", "mysql://host/db"], /--database must be a URL that starts with postgres/],
    [["--key", "env:NOT_SET"], /NOT_SET is not set/],
  ])("%j cannot be used", async (args, says) => {
    const { exitCode, stdout, stderr } = await runCli(["audit", ...args], { cwd: folder });
    expect(stderr).toMatch(says);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  test("says what a database lacks, and whether it is worth trying again", async ({ emptyDatabase }) => {
    const lacks = await runCli(["audit"], { env: { DATABASE_URL: emptyDatabase.url } });
    expect(lacks.exitCode).toBe(1);
    expect(lacks.stderr).toMatch(/^sqs2pg: the database .* lacks \d+ migrations: run: sqs2pg migrate\n$/);
    const away = await runCli(["audit"], { env: { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" } });
    expect(away).toMatchObject({ exitCode: 75, stdout: "" });
  });

  test("PGSERVICE alone is not taken for no database", async () => {
    const { exitCode, stderr } = await runCli(["audit"], { cwd: folder, env: { PGSERVICE: "analytics" } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("PGSERVICE alone is not enough");
  });

  test("stands in the help, with its exit code", async () => {
    const { stdout } = await runCli(["--help"]);
    expect(stdout).toMatch(/Masked data:\n(?: {2}.*\n)*? {2}audit /);
    expect(stdout).toMatch(/^ {2}3 {4}done, but .*; audit: a column can be guessed$/m);
    const help = await runCli(["audit", "--help"]);
    for (const flag of ["--kind", "--sample", "--json", "--key", "--database"])
      expect(help.stdout).toContain(flag);
  });
});
