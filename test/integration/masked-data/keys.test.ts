import { describe, expect } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.js";
import { type KeyListing, listKeys } from "../../../src/masked-data/list-keys.js";
import { generateKey, generateKeyPair, parseKeys } from "../../../src/masking/index.js";
import { KEY } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";
import { newRole } from "../loader/role.js";
import { sealInto, test } from "../rejects/bench.js";
import { BOTH, idOf, ips, load, NEW_KEY, pipelineOf, rewrapped, SIV } from "./rewrap-bench.js";

/** What `keys` says with these lines, and with this database if there is one. */
async function listed(
  keyLines: string | undefined,
  database?: Pick<TestDatabase, "url">,
): Promise<KeyListing> {
  const env = {
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    ...(keyLines === undefined ? {} : { SQS2PG_MASK_KEY: keyLines }),
  };
  const needs = { database: database !== undefined, key: "if-given" } as const;
  return listKeys(await resolveSettings({ pipeline: pipelineOf(SIV), env, needs }), { env });
}

describe.concurrent("the keys at hand", () => {
  test("need no database: which masks, which reads back, which half of a pair is there", async () => {
    const [first, second] = [await generateKeyPair(), await generateKeyPair()];
    const lines = `${BOTH}\n${first.publicKey}\n${second.privateKey}`;
    const [publicId, privateId] = parseKeys(lines).publicKeys.map(({ id }) => id);
    expect(await listed(lines)).toEqual({
      database: null,
      keys: [
        { id: idOf(NEW_KEY), kind: "mask-key", status: "primary", uses: [] },
        { id: idOf(KEY), kind: "mask-key", status: "secondary", uses: [] },
        { id: publicId, kind: "pair", status: "primary", private: false, uses: [] },
        { id: privateId, kind: "pair", status: "secondary", private: true, uses: [] },
      ],
    });
  });

  test("and no database are nothing to list", async () => {
    await expect(listed(undefined)).rejects.toMatchObject({ kind: "usage", code: "nothing_to_list" });
  });
});

describe.concurrent("with a database", () => {
  test("every use is there: columns, vault, quarantine and runs", async ({ database }) => {
    await database.query("create table visits (id text, ip text, token text, hash text)");
    const pipeline = pipelineOf({
      ...SIV,
      token: { from: "ip", type: "text", mask: "token" },
      hash: { from: "ip", type: "text", mask: "hmac-sha256" },
    });
    await load(database, pipeline, KEY, ips(3));
    await sealInto(database, [{ body: "a" }, { body: "b" }], { queue: "q", key: KEY });
    await database.query(
      `insert into sqs2pg.runs (id, queue, target, started_at, key_id, version)
       select gen_random_uuid(), 'q', 'visits', '2026-03-01 12:00Z'::timestamptz + n * interval '1 day', $1, '0'
       from generate_series(0, 4) as n`,
      [idOf(KEY)],
    );
    const { keys, database: name } = await listed(KEY, database);
    expect(name).toMatch(new RegExp(`/${database.name}$`));
    const column = (name: string, strategy: string) => ({
      ...{ kind: "column", table: "visits", column: name, strategy, domain: "ip", current: true },
      ...{ first_used_at: expect.stringMatching(/\.\d{3}Z$/), last_used_at: expect.any(String) },
    });
    expect(keys).toEqual([
      {
        ...{ id: idOf(KEY), kind: "mask-key", status: "primary" },
        uses: [
          column("hash", "hmac-sha256"),
          column("ip", "aes-siv"),
          column("token", "token"),
          { kind: "vault", domain: "ip", count: 3 },
          { kind: "quarantine", queue: "q", count: 2 },
          { kind: "runs", count: 5, last_started_at: "2026-03-05T12:00:00.000Z" },
        ],
      },
    ]);
  });

  test("a key that is needed and not at hand is missing, of which kind so ever", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(1));
    await sealInto(database, [{ body: "a" }], { queue: "q", key: generateKey() });
    const { publicKey } = await generateKeyPair();
    await load(
      database,
      pipelineOf({ ...SIV, ip: { from: "ip", type: "text", mask: "sealed" } }),
      publicKey,
      ips(1),
    );
    const { keys } = await listed(NEW_KEY, database);
    expect(keys.map(({ kind, status, uses }) => [kind, status, uses.map((use) => use.kind)])).toEqual([
      ["mask-key", "primary", []],
      ["pair", "missing", ["column"]],
      ["mask-key", "missing", ["column"]],
      ["mask-key", "missing", ["quarantine"]],
    ]);
    expect((await listed(undefined, database)).keys).toHaveLength(3);
  });

  test("a former one is gone once its values are rewrapped, and retired where only hashes are left", async ({
    database,
  }) => {
    await database.query("create table visits (id text, ip text, hash text)");
    const pipeline = pipelineOf({ ...SIV, hash: { from: "ip", type: "text", mask: "hmac-sha256" } });
    await load(database, pipeline, KEY, ips(2));
    await load(database, pipeline, BOTH, ips(2), true);
    const statusOf = async (keyLines: string): Promise<unknown> =>
      (await listed(keyLines, database)).keys.find(({ id }) => id === idOf(KEY))?.status;
    expect([await statusOf(BOTH), await statusOf(NEW_KEY)]).toEqual(["secondary", "missing"]);
    await rewrapped(database, pipeline, BOTH);
    expect([await statusOf(BOTH), await statusOf(NEW_KEY)]).toEqual(["secondary", "retired"]);
    await database.query("delete from sqs2pg.mask_keys where strategy = 'hmac-sha256' and not is_current");
    expect(await statusOf(NEW_KEY)).toBeUndefined();
  });

  test("what the role may not read is said by name", async ({ database }) => {
    const { name, url } = await newRole(database);
    await expect(listed(KEY, { url })).rejects.toMatchObject({ kind: "failed", code: "privilege_missing" });
    await database.query(`grant usage on schema sqs2pg to ${name}`);
    await database.query(`grant select on sqs2pg.migrations, sqs2pg.mask_keys to ${name}`);
    const lacking = "SELECT on sqs2pg.tokens, SELECT on sqs2pg.rejects, SELECT on sqs2pg.runs";
    await expect(listed(KEY, { url })).rejects.toMatchObject({
      ...{ kind: "failed", code: "privilege_missing" },
      message: expect.stringContaining(`user ${name} lacks ${lacking} in `),
    });
    await database.query(`grant select on sqs2pg.tokens, sqs2pg.rejects, sqs2pg.runs to ${name}`);
    expect(await listed(KEY, { url })).toMatchObject({ keys: [{ uses: [] }] });
  });
});
