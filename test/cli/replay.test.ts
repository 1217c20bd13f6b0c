import { describe, expect } from "vitest";
import { sealInto, test } from "../integration/rejects/bench.js";
import { KEY } from "../support/bench.js";
import { runCli } from "../support/cli.js";
import { urlOf } from "../support/postgres.js";

const EVENT = { body: '{"user_id":"ann"}' };

describe.concurrent("replay says what is wrong, in one line and one document", () => {
  test("without a key, even where no mask needs one", async ({ replayEnv }) => {
    const { SQS2PG_MASK_KEY: _key, ...env } = replayEnv;
    const result = await runCli(["replay", "--json", "--quiet", "--mask", "null"], { env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(
      /^sqs2pg: sealed rejects open with the key that they were sealed with: give it by .*\n$/,
    );
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { kind: "usage", code: "key_missing" } });
  });

  test("without a database", async () => {
    const result = await runCli(["replay", "--json"], { env: { SQS2PG_MASK_KEY: KEY } });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/^sqs2pg: no database is given: .*\n$/);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { kind: "usage", code: "database_missing" } });
  });

  test("a database that is not there", async ({ replayEnv, database }) => {
    const DATABASE_URL = urlOf({ ...database.server, port: 1 }, "shop");
    for (const command of ["replay", "rejects"]) {
      const result = await runCli([command], { env: { ...replayEnv, DATABASE_URL } });
      expect(result).toMatchObject({ exitCode: 75, stdout: "" });
      expect(result.stderr).toMatch(/^sqs2pg: PostgreSQL at 127.0.0.1:1\/shop refused the connection.*\n$/);
    }
  });

  test("a database that only the version before has migrated", async ({ replayEnv, database }) => {
    await database.query("delete from sqs2pg.migrations where name like '%replay%'");
    await database.query("drop index sqs2pg.rejects_sealed");
    await database.query("alter table sqs2pg.rejects drop column replayed_at");
    await database.query("alter table sqs2pg.runs drop column command");
    for (const command of ["replay", "rejects"]) {
      const result = await runCli([command, "--json"], { env: replayEnv });
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toMatch(/lacks 1 migration: run: sqs2pg migrate\n$/);
      expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: "migrations_pending" } });
    }
    expect(await runCli(["migrate"], { env: replayEnv })).toMatchObject({ exitCode: 0 });
    expect(await runCli(["replay"], { env: replayEnv })).toMatchObject({ exitCode: 0 });
  });

  test("a database without any migration", async ({ replayEnv, emptyDatabase }) => {
    for (const command of ["replay", "rejects"]) {
      const result = await runCli([command], { env: { ...replayEnv, DATABASE_URL: emptyDatabase.url } });
      expect(result).toMatchObject({ exitCode: 1, stdout: "" });
      expect(result.stderr).toMatch(/lacks 5 migrations: run: sqs2pg migrate\n$/);
    }
  });

  test("a table that is missing", async ({ replayEnv, database }) => {
    await database.query("drop table user_logins");
    const result = await runCli(["replay"], { env: replayEnv });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(/^sqs2pg: there is no table user_logins in /);
  });

  test.for([
    ["replay", "update on sqs2pg.rejects", "UPDATE on sqs2pg.rejects"],
    ["replay", "insert on user_logins", "INSERT on user_logins"],
    ["replay", "insert on sqs2pg.runs", "sqs2pg.runs"],
    ["rejects", "select on sqs2pg.ledger", "SELECT on sqs2pg.ledger"],
    ["rejects", "select on sqs2pg.migrations", "SELECT on sqs2pg.migrations"],
    ["rejects", "usage on schema sqs2pg", "USAGE on schema sqs2pg"],
  ] as const)("%s without %s", async ([command, privilege, named], { replayEnv, database }) => {
    const role = `clerk_${database.name}`;
    await database.query(`create role ${role} login password 'clerk'`);
    try {
      const env = {
        ...replayEnv,
        DATABASE_URL: urlOf({ ...database.server, user: role, password: "clerk" }, database.name),
      };
      const needed =
        command === "replay"
          ? [
              ...["insert on user_logins", "usage on schema sqs2pg", "select on sqs2pg.migrations"],
              ...[
                "select, insert, delete on sqs2pg.ledger",
                "select, insert, update on sqs2pg.rejects, sqs2pg.runs, sqs2pg.mask_keys",
              ],
            ]
          : ["usage on schema sqs2pg", "select on sqs2pg.migrations, sqs2pg.ledger, sqs2pg.rejects"];
      for (const one of needed) await database.query(`grant ${one} to ${role}`);
      expect(await runCli([command], { env })).toMatchObject({ exitCode: 0, stderr: "" });
      await database.query(`revoke ${privilege} from ${role}`);
      const result = await runCli([command], { env });
      expect(result).toMatchObject({ exitCode: 1, stdout: "" });
      expect(result.stderr).toMatch(new RegExp(`^sqs2pg: user ${role} lacks .*${named} in .*\\n$`));
    } finally {
      await database.query(`drop owned by ${role}`);
      await database.query(`drop role ${role}`);
    }
  });

  test("all flags with wrong values at once", async ({ replayEnv }) => {
    const args = ["replay", "--max", "0", "--batch-size", "10001", "--max-rejects", "x"];
    const { exitCode, stderr } = await runCli(args, { env: replayEnv });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^sqs2pg: arguments: 3 problems\n.*--max .*\n.*--batch-size .*\n.*--max-rejects .*\n$/,
    );
  });
});

describe.concurrent("replay", () => {
  test("asks nothing of SQS: an endpoint that nobody listens on is no matter", async ({
    replayEnv,
    seal,
  }) => {
    await seal([EVENT]);
    const env = { ...replayEnv, AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1", AWS_REGION: "nowhere" };
    const { exitCode, stdout, stderr } = await runCli(["replay", "--quiet"], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Replayed 1 sealed reject of queue-\S+ into user_logins in /);
  });

  test("has a report with stable names", async ({ replayEnv, seal }) => {
    await seal([EVENT]);
    const { stdout } = await runCli(["replay", "--json"], { env: replayEnv });
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      ...[
        "run_id",
        "queue",
        "table",
        "started_at",
        "finished_at",
        "duration_ms",
        "dry_run",
        "stopped_because",
      ],
      ...[
        "read",
        "loaded",
        "duplicates",
        "rows",
        "superseded",
        "rejected",
        "not_tried",
        "in_doubt",
        "batches",
        "retries",
      ],
      ...["warnings", "rejects", "sealed_after"],
    ]);
    expect(stdout).toMatch(/^[^\n]*\n$/);
  });

  test("keeps the bookkeeping in the schema that the config says", async ({
    replayEnv,
    pipelineFile,
    queue,
    emptyDatabase,
  }) => {
    const config = await pipelineFile(`queue: ${queue.name}
schema: etl
table: user_logins
columns:
  user_id: { from: user_id, type: varchar(128) }
`);
    const env = { ...replayEnv, DATABASE_URL: emptyDatabase.url };
    const migrated = await runCli(["migrate", "--config", config], { env });
    expect(migrated).toMatchObject({ exitCode: 0 });
    expect(await runCli(["replay", "--config", config], { env })).toMatchObject({ exitCode: 0 });
    expect(await runCli(["rejects", "--config", config], { env })).toMatchObject({ exitCode: 0 });
  });
});

describe.concurrent("help", () => {
  test("has the face of the tool alone in its group, and rejects and replay in theirs", async () => {
    const { stdout } = await runCli(["--help"]);
    const groups = stdout.split(/\n(?=\S[^\n]*:\n)/).map((group) => group.split("\n"));
    const commandsOf = (title: string) =>
      groups
        .find(([first]) => first === title)
        ?.slice(1)
        .flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? []);
    expect(commandsOf("Commands:")).toEqual(["peek", "drain", "migrate"]);
    expect(commandsOf("Rejects:")).toEqual(["rejects", "replay"]);
  });

  test.for([
    ["replay", ["--dry-run", "--code", "--max", "--batch-size", "--max-rejects", "--key", "--json"]],
    ["rejects", ["--code", "--all-queues", "--json"]],
  ] as const)("of %s names its flags", async ([command, flags]) => {
    const { exitCode, stdout } = await runCli([command, "--help"]);
    expect(exitCode).toBe(0);
    for (const flag of flags) expect(stdout).toContain(flag);
  });
});

describe.concurrent("no value gets out of a replay at --log-level debug", () => {
  const CANARY = "can-ary-7734-secret";
  const spellings = [
    CANARY,
    Buffer.from(CANARY).toString("hex"),
    ...[0, 1, 2].map((shift) =>
      Buffer.from("x".repeat(shift) + CANARY)
        .toString("base64")
        .slice(4, -4),
    ),
  ];
  const bodies = [
    JSON.stringify({ user_id: "ann", ip: CANARY, device_id: CANARY }),
    JSON.stringify({ user_id: "bob", locale: CANARY }),
    JSON.stringify({ user_id: "eve", ip: { address: CANARY } }),
    JSON.stringify({ user_id: CANARY.repeat(20) }),
    JSON.stringify({ [CANARY]: CANARY }),
    `{"user_id": ${CANARY}`,
    CANARY,
  ];

  test.for([
    ["of rows that a trigger quotes", "P0001", 3],
    ["of rows in a fatal error", "42501", 1],
  ] as const)("%s", async ([, sqlState, code], { database, queue, replayEnv, seal }) => {
    await database.query(`create function shout() returns trigger language plpgsql as $$begin
      if new.locale is not null or new.masked_ip is null then
        raise exception '%', new using errcode = '${sqlState}', detail = new::text, hint = new.locale;
      end if; return new; end$$`);
    await database.query(
      "create trigger shout before insert on user_logins for each row execute function shout()",
    );
    await seal(bodies.map((body) => ({ body, attributes: { secret: CANARY }, groupId: CANARY })));
    await sealInto(database, [{ body: CANARY }], {
      queue: queue.name,
      key: `sqs2pg-key-1:${Buffer.alloc(32, 9).toString("base64url")}`,
    });
    const texts: string[] = [];
    for (const args of [["--dry-run"], ["--json"], []]) {
      const result = await runCli(["replay", "--log-level", "debug", ...args], { env: replayEnv });
      expect(result.exitCode).toBe(args[0] === "--dry-run" ? 3 : code);
      texts.push(result.stdout, result.stderr);
    }
    for (const args of [["--json"], []]) {
      const result = await runCli(["rejects", "--log-level", "debug", ...args], { env: replayEnv });
      texts.push(result.stdout, result.stderr);
    }
    for (const table of ["user_logins", "sqs2pg.rejects", "sqs2pg.ledger", "sqs2pg.runs"]) {
      texts.push(JSON.stringify(await database.query(`select t::text from ${table} t`)));
    }
    for (const spelling of spellings)
      expect(texts.join("\n").toLowerCase()).not.toContain(spelling.toLowerCase());
  });
});
