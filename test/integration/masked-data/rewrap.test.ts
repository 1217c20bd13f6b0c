import { describe, expect } from "vitest";
import type { PipelineConfig } from "../../../src/config/schema.js";
import {
  createVaultOpener,
  generateKey,
  generateKeyPair,
  parseKey,
  parseKeys,
} from "../../../src/masking/index.js";
import { openMessage } from "../../../src/sealed-message.js";
import { KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import { newRole } from "../loader/role.js";
import { BOTH, idOf, ips, load, NEW_KEY, pipelineOf, rewrapped, SIV, unmasked } from "./rewrap-bench.js";

describe.concurrent("a rotation from end to end", () => {
  test("old and new rows join again, tokens stay, and the old key is not needed any more", async ({
    database,
    queue,
  }) => {
    await database.query(
      "create table visits (id text, ip text, random text, joined varchar(64), token text, hash text)",
    );
    const pipeline = pipelineOf(
      {
        ...SIV,
        random: { from: "ip", type: "text", domain: "r", mask: { strategy: "aes-gcm", companion: "joined" } },
        token: { from: "ip", type: "text", mask: "token" },
        hash: { from: "ip", type: "text", mask: "hmac-sha256" },
      },
      queue.name,
    );
    const values = ips(40);
    await load(database, pipeline, KEY, values);
    const tokens = await database.query("select id, token from visits order by id");
    await expect(load(database, pipeline, BOTH, values)).rejects.toMatchObject({ code: "key_changed" });
    await load(database, pipeline, BOTH, values, true);
    const distinct = (column: string) =>
      database
        .query(`select count(distinct ${column})::int as count from visits`)
        .then(([row]) => row?.["count"]);
    expect(await distinct("ip")).toBe(80);
    expect(await distinct("token")).toBe(40);

    const report = await rewrapped(database, pipeline, BOTH, { batchSize: 7 });
    expect(report).toMatchObject({
      table: "visits",
      key_id: idOf(NEW_KEY),
      stopped_because: "done",
      columns: [
        { column: "ip", strategy: "aes-siv", rewrapped: 40, left: [] },
        { column: "random", strategy: "aes-gcm", rewrapped: 40, left: [] },
      ],
      vault: [{ domain: "ip", rewrapped: 40, left: [] }],
      rejects: { rewrapped: 0, left: [] },
      not_rewrappable: [
        { column: "hash", strategy: "hmac-sha256", reason: expect.stringContaining("no way back") },
      ],
      dispensable_keys: [idOf(KEY)],
    });
    expect([await distinct("ip"), await distinct("joined"), await distinct("hash")]).toEqual([40, 40, 80]);
    const twice = values.flatMap((value) => [value, value]).sort();
    expect((await unmasked(database, "ip", { strategy: "aes-siv", domain: "ip" }, NEW_KEY)).sort()).toEqual(
      twice,
    );
    expect(
      (await unmasked(database, "random", { strategy: "aes-gcm", domain: "r" }, NEW_KEY)).sort(),
    ).toEqual(twice);
    const open = createVaultOpener("ip", parseKeys(NEW_KEY));
    const vault = await database.query("select token, key_id, sealed_value from sqs2pg.tokens");
    const opened = vault.map(({ token, key_id: keyId, sealed_value: sealedValue }) =>
      open({ token, keyId, sealedValue }),
    );
    expect(opened.sort()).toEqual([...values].sort());
    const known = await database.query("select distinct id, token from visits order by id");
    expect(known).toEqual(tokens);

    await load(database, pipeline, NEW_KEY, values);
    expect([await distinct("ip"), await distinct("token")]).toEqual([40, 40]);
    expect(await rewrapped(database, pipeline, NEW_KEY)).toMatchObject({
      columns: [{ rewrapped: 0 }, { rewrapped: 0 }],
      vault: [{ rewrapped: 0 }],
    });
  });

  test("through the command line, sealed rejects included", async ({ database, queue, drain, queueEnv }) => {
    queue.send([JSON.stringify({ user_id: "ann", ip: "192.0.2.1", device_id: "d" })]);
    const [foreign] = queue.send(['{"foo":"bar"}']);
    const siv = ["--mask", "aes-siv", "--quiet"];
    await drain([...siv, "--on-reject", "quarantine", "--max-rejects", "1"]);
    const env = { ...queueEnv, DATABASE_URL: database.url, SQS2PG_MASK_KEY: BOTH };
    const dry = await runCli(["rewrap", "--dry-run", "--json", ...siv], { env });
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dry_run: true,
      columns: [{ rewrapped: 1 }, { rewrapped: 1 }],
    });
    const before = await runCli(["keys", "--json"], { env });
    expect(JSON.parse(before.stdout).keys).toMatchObject([
      { id: idOf(NEW_KEY), status: "primary", uses: [] },
      {
        id: idOf(KEY),
        status: "secondary",
        uses: [{ kind: "column" }, { kind: "column" }, { kind: "quarantine", count: 1 }, { kind: "runs" }],
      },
    ]);

    const { exitCode, stdout, stderr } = await runCli(["rewrap", "--rotate", ...siv], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(
        `^Rewrapped 3 values to ${idOf(NEW_KEY)} in .*\n\n  user_logins.masked_ip +1\n  user_logins.masked_device_id +1\n  sealed rejects +1\n\nNot needed any more in this database: ${idOf(KEY)}. `,
      ),
    );
    const [reject] = await database.query<{ message_id: string; sealed_body: Buffer }>(
      "select message_id, sealed_body from sqs2pg.rejects",
    );
    expect(
      openMessage([parseKey(NEW_KEY)], reject?.sealed_body ?? Buffer.alloc(0), reject?.message_id ?? ""),
    ).toMatchObject({
      messageId: foreign?.messageId,
    });
    const onlyNew = { env: { SQS2PG_MASK_KEY: NEW_KEY } };
    queue.send([JSON.stringify({ user_id: "bob", ip: "192.0.2.1", device_id: "d" })]);
    expect((await drain(siv, onlyNew)).exitCode).toBe(0);
    expect(await database.query("select distinct masked_ip from user_logins")).toHaveLength(1);
    const listed = await runCli(["keys"], { env: { ...env, SQS2PG_MASK_KEY: NEW_KEY } });
    expect(listed.stdout).not.toContain(idOf(KEY));
    const nothing = await runCli(["rewrap", "--rotate", ...siv], { env });
    expect(nothing.stdout).toContain(`Nothing to rewrap: all is under ${idOf(NEW_KEY)}`);
  });

  test("of a key pair, with the private half of the old one", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    const [old, fresh] = [await generateKeyPair(), await generateKeyPair()];
    const pipeline = pipelineOf({ ...SIV, ip: { from: "ip", type: "text", mask: "sealed" } });
    await load(database, pipeline, old.publicKey, ips(5));
    const blind = await rewrapped(database, pipeline, `${fresh.publicKey}\n${old.publicKey}`, {
      dryRun: true,
    });
    expect(blind).toMatchObject({ columns: [], not_rewrappable: [{ column: "ip", strategy: "sealed" }] });
    const report = await rewrapped(database, pipeline, `${fresh.publicKey}\n${old.privateKey}`);
    expect(report).toMatchObject({ columns: [{ column: "ip", rewrapped: 5, left: [] }] });
    const spec = { strategy: "sealed", domain: "ip" } as const;
    expect(await unmasked(database, "ip", spec, fresh.privateKey)).toEqual(ips(5));
  });
});

describe.concurrent("a rewrap", () => {
  test("does not take another key for the one in use, unless that is meant", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(2));
    const before = await database.query("select * from visits");
    await expect(rewrapped(database, pipelineOf(SIV), BOTH, { rotate: false })).rejects.toMatchObject({
      kind: "usage",
      code: "key_changed",
    });
    expect(await database.query("select * from visits")).toEqual(before);
  });

  test("leaves what it cannot open, says why, and does the rest", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    const pipeline = pipelineOf(SIV);
    await load(database, pipeline, generateKey(), ["a", "b"]);
    await load(database, pipeline, KEY, ips(3), true);
    const [tampered] = await database.query("select ip from visits where id = '10.0.0.0'");
    const changed = String(tampered?.["ip"]).replace(/\.(.)(?=[^.]*$)/, (_, first) =>
      first === "A" ? ".B" : ".A",
    );
    await database.query("update visits set ip = $1 where id = '10.0.0.0'", [changed]);
    await database.query("insert into visits values ('raw', '192.0.2.1'), ('odd', 's1.'), ('none', null)");
    const before = await database.query("select * from visits where id !~ '^10.0.0.[12]' order by id");
    const report = await rewrapped(database, pipeline, BOTH, { batchSize: 1 });
    const [column] = report.columns;
    expect(column?.rewrapped).toBe(2);
    expect(new Map(column?.left.map(({ code, count }) => [code, count]))).toEqual(
      new Map([
        ["key_not_held", 2],
        ["tampered", 1],
        ["not_masked", 2],
      ]),
    );
    expect(await database.query("select * from visits where id !~ '^10.0.0.[12]' order by id")).toEqual(
      before,
    );
  });

  test("changes nothing in a dry run, not even which key is the current one", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(3));
    const before = await database.query("select * from visits");
    expect(await rewrapped(database, pipelineOf(SIV), BOTH, { dryRun: true })).toMatchObject({
      dry_run: true,
      columns: [{ rewrapped: 3 }],
    });
    expect(await database.query("select * from visits")).toEqual(before);
    await load(database, pipelineOf(SIV), KEY, ["more"]);
  });

  test("goes through partitions, and names with quotes and question marks", async ({ database }) => {
    await database.query(`create schema "Odd ?"`);
    await database.query(`create table "Odd ?"."vis""its?" (id text, "ip ?" text) partition by hash (id)`);
    for (const part of [0, 1, 2]) {
      await database.query(
        `create table "Odd ?"."p?${part}" partition of "Odd ?"."vis""its?" for values with (modulus 3, remainder ${part})`,
      );
    }
    const pipeline: PipelineConfig = {
      queue: "q",
      table: `Odd ?.vis"its?`,
      columns: { id: { from: "id", type: "text" }, "ip ?": { from: "ip", type: "text", mask: "aes-siv" } },
    };
    await load(database, pipeline, KEY, ips(50));
    const report = await rewrapped(database, pipeline, BOTH);
    expect(report.columns).toEqual([{ column: "ip ?", strategy: "aes-siv", rewrapped: 50, left: [] }]);
    const rows = await database.query(`select "ip ?" as ip from "Odd ?"."vis""its?"`);
    expect(rows.every(({ ip }) => String(ip).startsWith(`s1.${idOf(NEW_KEY)}.`))).toBe(true);
  });

  test("leaves the older one of two rows that a unique index would not let be equal", async ({
    database,
  }) => {
    await database.query("create table visits (id text, ip text unique)");
    await load(database, pipelineOf(SIV), KEY, ips(5));
    await load(database, pipelineOf(SIV), BOTH, ips(2), true);
    const report = await rewrapped(database, pipelineOf(SIV), BOTH);
    expect(report.columns).toEqual([
      {
        column: "ip",
        strategy: "aes-siv",
        rewrapped: 3,
        left: [{ code: "sqlstate_23505", key_id: idOf(KEY), count: 2 }],
      },
    ]);
    expect(report.dispensable_keys).toEqual([]);
  });

  test("leaves an entry of the vault whose value has another token", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    const pipeline = pipelineOf({ ...SIV, ip: { from: "ip", type: "text", mask: "token" } });
    await load(database, pipeline, KEY, ips(3));
    await database.query("delete from sqs2pg.mask_keys");
    await load(database, pipeline, NEW_KEY, ips(1), true);
    const report = await rewrapped(database, pipeline, BOTH);
    expect(report.vault).toEqual([
      {
        domain: "ip",
        rewrapped: 2,
        left: [{ code: "value_has_another_token", key_id: idOf(KEY), count: 1 }],
      },
    ]);
  });

  test("of a view says that there are no rows of its own", async ({ database }) => {
    await database.query("create table real (id text, ip text)");
    await database.query("create view visits as select * from real");
    await load(database, pipelineOf(SIV), KEY, ips(1));
    expect(await rewrapped(database, pipelineOf(SIV), BOTH)).toMatchObject({
      columns: [],
      not_rewrappable: [{ column: "ip", reason: "visits has no rows of its own" }],
    });
  });

  test("asks for what it may not do by name", async ({ database }) => {
    await database.query("create table visits (id text, ip text)");
    await load(database, pipelineOf(SIV), KEY, ips(2));
    const { name, url } = await newRole(database);
    await expect(rewrapped({ url }, pipelineOf(SIV), BOTH)).rejects.toMatchObject({
      ...{ kind: "failed", code: "privilege_missing" },
      message: expect.stringContaining(`user ${name} lacks USAGE on schema sqs2pg, SELECT on visits, UPDATE`),
    });
    await database.query(`grant usage on schema sqs2pg to ${name}`);
    await database.query(`grant select on sqs2pg.migrations, visits to ${name}`);
    await database.query(`grant select, insert, update on sqs2pg.mask_keys to ${name}`);
    const before = await database.query("select * from sqs2pg.mask_keys");
    const lacking = [
      ...["DELETE on sqs2pg.mask_keys", "SELECT on sqs2pg.tokens", "SELECT on sqs2pg.rejects"],
      ...["UPDATE on sqs2pg.rejects", "SELECT on sqs2pg.runs", "UPDATE on visits"],
    ];
    await expect(rewrapped({ url }, pipelineOf(SIV), BOTH)).rejects.toMatchObject({
      ...{ kind: "failed", code: "privilege_missing" },
      message: expect.stringContaining(`user ${name} lacks ${lacking.join(", ")} in `),
    });
    expect(await database.query("select * from sqs2pg.mask_keys")).toEqual(before);
  });
});
