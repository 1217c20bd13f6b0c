import { expect, test } from "vitest";
import { type ResolveOptions, resolveSettings } from "../../../src/config/resolve.js";
import { ConfigError, UsageError } from "../../../src/errors.js";
import { generateKey, generateKeyPair, NO_KEYS, parseKey } from "../../../src/masking/index.js";
import { directory, errorOf, problemsOf } from "./support.js";

const key = generateKey();
const url = "postgres://user@host/db";
const file = "queue: from-file\ntable: app.events\nschema: books\ncolumns: { a: { from: a, type: text } }\n";
const needs = { database: true, key: "for-masks" } as const;

function options(given: Partial<ResolveOptions>): ResolveOptions {
  return { flags: {}, env: {}, cwd: directory(), needs, ...given };
}

test("without a file it is the built-in pipeline", async () => {
  const env = { DATABASE_URL: url, SQS2PG_MASK_KEY: key };
  const settings = await resolveSettings(options({ env }));
  expect(settings).toMatchObject({
    bookkeepingSchema: "sqs2pg",
    database: { source: "DATABASE_URL", url },
    keys: { keys: [parseKey(key)] },
    notices: [],
    pipeline: { queue: "login-queue", table: { name: "user_logins" } },
  });
});

test("the queue: flag, then environment, then file", async () => {
  const cwd = directory({ "sqs2pg.yaml": file });
  const queueFor = async (given: Partial<ResolveOptions>): Promise<string> =>
    (await resolveSettings(options({ cwd, needs: { database: false, key: "never" }, ...given }))).pipeline
      .queue;
  expect(await queueFor({ flags: { queue: "flag" }, env: { SQS2PG_QUEUE: "env" } })).toBe("flag");
  expect(await queueFor({ env: { SQS2PG_QUEUE: "env" } })).toBe("env");
  expect(await queueFor({ env: { SQS2PG_QUEUE: "" } })).toBe("from-file");
});

test("a file in the working directory is used, and --config goes before it", async () => {
  const cwd = directory({ "sqs2pg.yaml": file, "other.yaml": file.replace("app.events", "other") });
  const env = { DATABASE_URL: url };
  expect(await resolveSettings(options({ cwd, env }))).toMatchObject({
    bookkeepingSchema: "books",
    pipeline: { table: { schema: "app", name: "events" } },
    keys: { keys: [] },
  });
  expect(await resolveSettings(options({ cwd, env, flags: { config: "other.yaml" } }))).toMatchObject({
    pipeline: { table: { name: "other" } },
  });
});

test("a keyed mask without a key names both remedies", async () => {
  const error = await errorOf(() => resolveSettings(options({ env: { DATABASE_URL: url } })));
  expect(error).toBeInstanceOf(UsageError);
  expect(error.code).toBe("key_missing");
  expect(error.message).toContain("`sqs2pg keygen`");
  expect(error.message).toContain("--mask sha256");
});

test("what is not needed is not asked for", async () => {
  const flags = { mask: "sha256" };
  const bare = await resolveSettings(options({ flags, needs: { database: false, key: "for-masks" } }));
  expect(bare).toMatchObject({ database: undefined, keys: NO_KEYS });
  const ignored = options({ env: { SQS2PG_MASK_KEY: "bad" }, needs: { database: false, key: "never" } });
  expect(await resolveSettings(ignored)).toMatchObject({ keys: NO_KEYS });
});

test.each([
  ["to-seal", "quarantine seals rejects with a key: make one with `sqs2pg keygen` and give it by"],
  ["to-open", "sealed rejects open with the key that they were sealed with: give it by"],
] as const)("a key %s is asked for whatever the masks are", async (key, says) => {
  for (const flags of [{}, { mask: "sha256" }]) {
    const error = await errorOf(() => resolveSettings(options({ flags, needs: { database: false, key } })));
    expect(error.code).toBe("key_missing");
    expect(error.message).toBe(`${says} SQS2PG_MASK_KEY or --key file:PATH`);
  }
});

test("each mask asks for the kind of key that it uses", async () => {
  const pair = await generateKeyPair();
  const keysFor = (mask: string, SQS2PG_MASK_KEY?: string) =>
    resolveSettings(
      options({
        flags: { mask },
        env: SQS2PG_MASK_KEY === undefined ? {} : { SQS2PG_MASK_KEY },
        needs: { database: false, key: "for-masks" },
      }),
    );
  expect((await errorOf(() => keysFor("sealed", key))).message).toBe(
    "the mask of column masked_ip needs a public key: make a pair with `sqs2pg keygen --pair` and give this machine its public line by SQS2PG_MASK_KEY or --key file:PATH",
  );
  expect((await errorOf(() => keysFor("aes-siv", pair.publicKey))).message).toBe(
    "the mask of column masked_ip needs a key: make one with `sqs2pg keygen` and give it by SQS2PG_MASK_KEY or --key file:PATH",
  );
  expect((await keysFor("sealed", pair.publicKey)).keys).toMatchObject({ keys: [], privateKeys: [] });
  expect((await keysFor("token", key)).keys.keys).toHaveLength(1);
  expect((await keysFor("redact")).keys).toEqual(NO_KEYS);
});

test("keys are read when they are given, where a command can do without", async () => {
  const needed = { database: false, key: "if-given" } as const;
  expect((await resolveSettings(options({ needs: needed }))).keys).toEqual(NO_KEYS);
  const env = { SQS2PG_MASK_KEY: `${generateKey()}\n${key}` };
  expect((await resolveSettings(options({ env, needs: needed }))).keys.keys[1]).toEqual(parseKey(key));
});

test("an interrupt is one, whatever else is wrong", async () => {
  const env = { SQS2PG_MASK_KEY: key };
  const error = await errorOf(() =>
    resolveSettings(options({ env, flags: { queue: " " }, stop: AbortSignal.abort() })),
  );
  expect(error).toMatchObject({ name: "InterruptedError", code: "interrupted" });
});

test("plain sha256 and a password in a flag work, with a notice that does not repeat it", async () => {
  const flags = { mask: "sha256", database: "postgres://user:geheim@host/db" };
  const { notices } = await resolveSettings(options({ flags }));
  expect(notices).toEqual([
    "masked_ip, masked_device_id: plain sha256 can be guessed (all IPv4 addresses in minutes); hmac-sha256 with a key cannot",
    "--database holds a password, visible to every user of this machine: use DATABASE_URL or PGPASSWORD",
  ]);
});

test("all mistakes come at once, whatever they are in", async () => {
  const cwd = directory({ "sqs2pg.yaml": "table: a.b.c\ncolumns: {}\n" });
  const bad = options({ cwd, flags: { queue: " ", key } });
  expect(await errorOf(() => resolveSettings(bad))).toBeInstanceOf(ConfigError);
  expect(await problemsOf(() => resolveSettings(bad))).toEqual([
    "--queue needs the name, URL or ARN of a queue",
    "sqs2pg.yaml:1:1 queue: is missing: set it here, by --queue or by SQS2PG_QUEUE",
    "sqs2pg.yaml:1:8 table: must be a table's name or schema.name",
    "sqs2pg.yaml:2:1 columns: needs at least one column",
    expect.stringMatching(/^no database is given/),
    "--key takes env:NAME, file:PATH, cmd:COMMAND or aws-kms:PATH: a key on the command line is visible to every user of the machine",
  ]);
  expect((await errorOf(() => resolveSettings(bad))).message).toMatch(/^settings: --queue needs/);
});
