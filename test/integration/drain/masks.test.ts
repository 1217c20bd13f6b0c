import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { generateKey, generateKeyPair, parseKey, parseKeys } from "../../../src/masking/index.js";
import { KEY, test } from "../../support/bench.js";

const OTHER_KEY = generateKey();
const ids = [KEY, OTHER_KEY].map((line) => parseKey(line).id);
const ANN = { ip: "199.172.111.135", device_id: "593-47-5928" };
const login = (user: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ user_id: user, ...ANN, ...more });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function pipelineFile(name: string, text: string): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, text);
  return path;
}

const VISITS = `table: visits
columns:
  id:        { from: user_id, type: text }
  siv:       { from: ip, type: varchar(119), mask: aes-siv }
  gcm:       { from: ip, type: text, mask: { strategy: aes-gcm, companion: gcm_join } }
  sealed:    { from: ip, type: text, mask: sealed }
  token:     { from: ip, type: varchar(25), mask: token }
  net:       { from: ip, type: inet, mask: ip-truncate }
  address:   { from: ip, type: inet, mask: { strategy: ip-prefix, on_invalid: "null" } }
  plain:     { from: peer, type: inet }
  device:    { from: device_id, type: text, mask: ff1 }
`;
const CREATE = `create table visits (id text, siv varchar(119), gcm text, gcm_join varchar(64), sealed text, token varchar(25),
  net inet, address inet, plain inet, device text)`;

describe.concurrent("a drain", () => {
  test("masks by every strategy into a table of one's own", async ({ queue, database, drain }) => {
    const pair = await generateKeyPair();
    await database.query(CREATE);
    queue.send([
      login("a", { peer: ANN.ip }),
      login("b", { ip: "::ffff:199.172.111.135" }),
      login("c", { ip: null, device_id: null }),
    ]);
    const config = await pipelineFile("visits", VISITS);
    const env = { SQS2PG_MASK_KEY: `${KEY}\n${pair.publicKey}` };
    const { exitCode, stderr, report } = await drain(["--config", config, "--quiet"], { env });
    expect(stderr).toMatch(/^warning: SQS2PG_QUEUE|^$/);
    expect({ exitCode, loaded: report.loaded }).toEqual({ exitCode: 0, loaded: 3 });
    const [a, b, c] = await database.query("select * from visits order by id");
    const publicId = parseKeys(pair.publicKey).publicKeys[0]?.id;
    const expected = {
      siv: expect.stringMatching(new RegExp(`^s1\\.${ids[0]}\\.[\\w-]+$`)),
      gcm: expect.stringMatching(new RegExp(`^g1\\.${ids[0]}\\.[\\w-]+$`)),
      gcm_join: expect.stringMatching(/^[0-9a-f]{64}$/),
      sealed: expect.stringMatching(new RegExp(`^p1\\.${publicId}\\.[\\w-]+$`)),
      token: expect.stringMatching(/^t1\.[\w-]{22}$/),
      net: "199.172.111.0",
      device: expect.stringMatching(/^\d{3}-\d{2}-\d{4}$/),
    };
    expect([a, b]).toMatchObject([expected, expected]);
    for (const joined of ["siv", "gcm_join", "token", "address", "device"])
      expect(b?.[joined]).toBe(a?.[joined]);
    for (const random of ["gcm", "sealed"]) expect(b?.[random]).not.toBe(a?.[random]);
    expect(a?.["device"]).not.toBe(ANN.device_id);
    expect({ ...c, id: null }).toEqual(Object.fromEntries(Object.keys(c ?? {}).map((name) => [name, null])));
    const stored = JSON.stringify([
      { ...a, plain: null },
      await database.query("select * from sqs2pg.tokens"),
    ]);
    expect(stored).not.toContain(ANN.ip);
    expect(stored).not.toContain(ANN.device_id);
  });

  test("stops before it writes when the first key is another one than before, unless that is meant", async ({
    queue,
    database,
    drain,
  }) => {
    queue.send([login("a")]);
    await drain();
    const [sent] = queue.send([login("b")]);
    const changed = { env: { SQS2PG_MASK_KEY: `${OTHER_KEY}\n${KEY}` } };
    const refused = await drain([], changed);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      `the key has changed: column masked_ip (and 1 more) is masked with ${ids[0]} in this database, and the first key is ${ids[1]} now`,
    );
    expect(queue.messageIds()).toEqual([sent?.messageId]);
    expect(await database.query("select count(*)::int as runs from sqs2pg.runs")).toEqual([{ runs: 1 }]);

    const { report } = await drain(["--rotate"], changed);
    expect(report).toMatchObject({ received: 1, loaded: 1 });
    expect((await drain([], changed)).exitCode).toBe(0);
    const rows = await database.query("select distinct masked_ip from user_logins");
    expect(rows).toHaveLength(2);
    expect((await drain()).stderr).toContain(`is masked with ${ids[1]} in this database`);
  });

  test("does not look at the keys in use for a dry run, which writes nothing", async ({
    queue,
    database,
    drain,
  }) => {
    queue.send([login("a")]);
    await drain();
    queue.send([login("b")]);
    const { exitCode } = await drain(["--dry-run"], { env: { SQS2PG_MASK_KEY: OTHER_KEY } });
    expect(exitCode).toBe(0);
    expect(await database.query("select distinct key_id from sqs2pg.mask_keys")).toEqual([
      { key_id: ids[0] },
    ]);
  });

  test("gives equal values equal tokens, eight of them at once", async ({ queue, database, drain }) => {
    const bodies = Array.from({ length: 400 }, (_, index) =>
      login(`user ${index}`, { ip: `10.0.0.${index % 9}`, device_id: `device ${index % 9}` }),
    );
    queue.send(bodies);
    const flags = ["--mask", "token", "--batch-size", "7", "--concurrency", "4"];
    const drained = await Promise.all(Array.from({ length: 8 }, () => drain(flags)));
    expect(drained.map(({ exitCode }) => exitCode)).toEqual(Array(8).fill(0));
    expect(drained.reduce((sum, { report }) => sum + report.loaded, 0)).toBe(bodies.length);
    const [counts] = await database.query(
      `select count(*)::int as rows, count(distinct masked_ip)::int as ips, count(distinct masked_device_id)::int as devices,
              count(distinct (masked_ip, masked_device_id))::int as pairs from user_logins`,
    );
    expect(counts).toEqual({ rows: bodies.length, ips: 9, devices: 9, pairs: 9 });
    expect(await database.query("select from sqs2pg.tokens")).toHaveLength(18);
  });

  test("finds a column that is too narrow for its mask at the start", async ({ queue, database, drain }) => {
    await database.query("alter table user_logins alter masked_ip type varchar(63)");
    queue.send([login("a")]);
    const { exitCode, stderr } = await drain();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "column masked_ip of table user_logins holds 63 characters, and the mask hmac-sha256 makes up to 64",
    );
    expect(queue.messageIds()).toHaveLength(1);
  });

  test("rejects what a mask cannot mask, and loads the rest", async ({ queue, database, drain }) => {
    await database.query("create table nets (id text, ip inet)");
    const config = await pipelineFile(
      "nets",
      "table: nets\ncolumns:\n  id: { from: user_id, type: text }\n  ip: { from: ip, type: inet, mask: ip-prefix }\n",
    );
    queue.send([login("a"), login("b", { ip: "unknown.example" })]);
    const { exitCode, report, stdout, stderr } = await drain(["--config", config]);
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ loaded: 1, rejects: [{ code: "not_an_ip", field: "ip", count: 1 }] });
    expect(stdout + stderr).not.toContain("unknown.example");
  });
});
