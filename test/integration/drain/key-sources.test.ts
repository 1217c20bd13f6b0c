import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  createUnmask,
  generateKey,
  generateKeyPair,
  parseKey,
  parseKeys,
} from "../../../src/masking/index.js";
import { KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { hmacMask } from "../../support/independent.js";
import { type FakeKms, keyBytes, startKms } from "../../support/kms.js";

const IP = "199.172.111.135";
const login = (user: string): string => JSON.stringify({ user_id: user, ip: IP, device_id: "593-47-5928" });
const ROWS = "select user_id, masked_ip from user_logins order by user_id";
const RUNS = "select command, key_id from sqs2pg.runs order by started_at";

let kms: FakeKms;
let folder: string;

beforeAll(async () => {
  kms = await startKms();
  folder = await mkdtemp(join(tmpdir(), "key-sources-"));
});
afterAll(async () => {
  await kms.stop();
  await rm(folder, { recursive: true });
});

describe.concurrent("a drain masks with the key", () => {
  test("that KMS unwraps, which is asked once", async ({ queue, database, drain }) => {
    queue.send(Array.from({ length: 30 }, (_, index) => login(`user-${index}`)));
    const line = kms.wrap(keyBytes(KEY));
    const { exitCode, report } = await drain([], {
      env: { ...kms.environment, SQS2PG_MASK_KEY: line },
    });
    expect({ exitCode, loaded: report.loaded }).toEqual({ exitCode: 0, loaded: 30 });
    const blob = Buffer.from(line.replace("sqs2pg-kms-1:", ""), "base64url").toString("base64");
    expect(kms.requests.filter(({ input }) => input["CiphertextBlob"] === blob)).toHaveLength(1);
    expect(await database.query("select distinct masked_ip from user_logins")).toEqual([
      { masked_ip: hmacMask(KEY, "ip", IP) },
    ]);
    expect(await database.query(RUNS)).toEqual([{ command: "drain", key_id: parseKey(KEY).id }]);
  });

  test("that KMS has made, and that nobody has seen", async ({ queue, database, drain }) => {
    const { stdout } = await runCli(["keygen", "--kms", "alias/masking"], { env: kms.environment });
    queue.send([login("a")]);
    const env = { ...kms.environment, SQS2PG_MASK_KEY: stdout };
    expect((await drain([], { env })).report.loaded).toBe(1);
    queue.send([login("b")]);
    expect((await drain([], { env })).report.loaded).toBe(1);
    const [a, b] = await database.query(ROWS);
    expect(b?.["masked_ip"]).toBe(a?.["masked_ip"]);
  });

  test("that a command prints", async ({ queue, database, drain }) => {
    await writeFile(join(folder, "printed"), KEY, { mode: 0o600 });
    queue.send([login("a")]);
    const { exitCode } = await drain(["--key", `cmd:cat '${join(folder, "printed")}'`], {
      env: { SQS2PG_MASK_KEY: generateKey() },
    });
    expect(exitCode).toBe(0);
    expect(await database.query(ROWS)).toEqual([{ user_id: "a", masked_ip: hmacMask(KEY, "ip", IP) }]);
  });
});

describe.concurrent("of a list of keys", () => {
  test("the first masks, and an older one still opens what it has sealed", async ({
    queue,
    database,
    drain,
    env,
  }) => {
    const [oldKey, newKey] = [generateKey(), generateKey()];
    queue.send([login("x".repeat(129))]);
    const quarantined = await drain(["--on-reject", "quarantine", "--max-rejects", "1"], {
      env: { SQS2PG_MASK_KEY: oldKey },
    });
    expect(quarantined.report).toMatchObject({ rejected: 1, deleted: 1 });
    await database.query("alter table user_logins alter user_id type varchar(200)");
    const config = join(folder, "wider.yaml");
    await writeFile(
      config,
      `queue: ${queue.name}\ntable: user_logins\ncolumns:\n  user_id: { from: user_id, type: varchar(200) }\n  masked_ip: { from: ip, type: varchar(256), mask: hmac-sha256 }\n`,
    );

    const replay = (keys: string) =>
      runCli(["replay", "--json", "--rotate", "--config", config], {
        env: { ...env, SQS2PG_MASK_KEY: keys },
      });
    const without = await replay(newKey);
    expect(JSON.parse(without.stdout)).toMatchObject({ read: 1, loaded: 0, rejected: 1 });
    expect(without.stderr).toContain(
      `it was sealed with the key ${parseKey(oldKey).id}, not with ${parseKey(newKey).id}: give the key with that id`,
    );
    const list = `# since today\n${newKey}\n\n# until today\n${oldKey}\n`;
    expect(JSON.parse((await replay(list)).stdout)).toMatchObject({ read: 1, loaded: 1, rejected: 0 });
    expect(await database.query(ROWS)).toEqual([
      { user_id: "x".repeat(129), masked_ip: hmacMask(newKey, "ip", IP) },
    ]);
    expect(await database.query(RUNS)).toEqual([
      { command: "drain", key_id: parseKey(oldKey).id },
      { command: "replay", key_id: parseKey(newKey).id },
      { command: "replay", key_id: parseKey(newKey).id },
    ]);
  });
});

describe.concurrent("with a pair", () => {
  test("a drain seals with the public half, and only the private one opens", async ({
    queue,
    database,
    drain,
    env,
  }) => {
    const { stdout } = await runCli(["keygen", "--pair", "--json"]);
    const { private_key: privateKey, public_key: publicKey, id } = JSON.parse(stdout);
    queue.send([login("a"), login("b")]);
    const { exitCode, report } = await drain(["--mask", "sealed"], { env: { SQS2PG_MASK_KEY: publicKey } });
    expect({ exitCode, loaded: report.loaded }).toEqual({ exitCode: 0, loaded: 2 });
    expect(await database.query(RUNS)).toEqual([{ command: "drain", key_id: id }]);

    const rows = await database.query(ROWS);
    const spec = { strategy: "sealed", domain: "ip" } as const;
    const open = createUnmask(spec, parseKeys(privateKey));
    for (const { masked_ip } of rows) {
      expect(masked_ip).toMatch(new RegExp(`^p1\\.${id}\\.`));
      expect(await open(masked_ip)).toBe(IP);
      await expect(async () => createUnmask(spec, parseKeys(publicKey))(masked_ip)).rejects.toMatchObject({
        code: "key_not_held",
      });
    }

    queue.send([login("c")]);
    const peeked = await runCli(["peek", "--json", "--mask", "sealed"], {
      env: { ...env, SQS2PG_MASK_KEY: publicKey },
    });
    expect(peeked.exitCode).toBe(0);
    expect(peeked.stdout).toContain(`p1.${id}.`);
    expect(peeked.stdout).not.toContain(IP);
  });

  test("rejects are quarantined with a masking key beside it, and replayed", async ({
    queue,
    database,
    drain,
    env,
  }) => {
    const { publicKey } = await generateKeyPair();
    queue.send(["{", login("a")]);
    const args = ["--mask", "sealed", "--on-reject", "quarantine", "--max-rejects", "1"];
    const refused = await runCli(["drain", ...args], { env: { ...env, SQS2PG_MASK_KEY: publicKey } });
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^sqs2pg: quarantine seals rejects with a key: make one with `sqs2pg keygen`/,
    );

    const both = { SQS2PG_MASK_KEY: `${publicKey}\n${KEY}` };
    expect((await drain(args, { env: both })).report).toMatchObject({ loaded: 1, rejected: 1, deleted: 2 });
    const replayed = await runCli(["replay", "--json", "--mask", "sealed"], { env: { ...env, ...both } });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ read: 1, rejects: [{ code: "not_json" }] });
    expect(await database.query(RUNS)).toEqual([
      { command: "drain", key_id: parseKey(KEY).id },
      { command: "replay", key_id: parseKey(KEY).id },
    ]);
  });
});
