import { describe, expect } from "vitest";
import { resolveSettings, type Settings } from "../../../src/config/resolve.js";
import { forget } from "../../../src/masked-data/forget.js";
import { unmaskRows } from "../../../src/masked-data/unmask-rows.js";
import { type UnmaskedValue, unmaskValues } from "../../../src/masked-data/unmask-values.js";
import type { TestDatabase } from "../../support/database.js";
import { newRole } from "../loader/role.js";
import { type People, test } from "./unmask-bench.js";

/** Who may do what: privileges that are enough for it. */
const LOGGED = [
  "usage on schema sqs2pg",
  "select on sqs2pg.migrations",
  "insert (command, os_user, host, source, table_name, columns, filter, version) on sqs2pg.unmask_log",
  "select (id) on sqs2pg.unmask_log",
  "update (finished_at, values_done, values_failed) on sqs2pg.unmask_log",
];
const UNMASKING = [...LOGGED, "select on sqs2pg.tokens", "select on people"];
const FORGETTING = [...LOGGED, "select (domain, blind_index, token, key_id), delete on sqs2pg.tokens"];

function settingsOf({ config, keys }: People, url: string): Promise<Settings> {
  const env = { SQS2PG_MASK_KEY: keys, DATABASE_URL: url };
  return resolveSettings({ flags: { config }, env, needs: { database: true, key: "if-given" } });
}

/** Unmasks one value; everything that was shown. */
async function unmaskOne(settings: Settings, masked: string): Promise<readonly UnmaskedValue[]> {
  const shown: UnmaskedValue[] = [];
  async function* pages(): AsyncGenerator<readonly string[]> {
    yield [masked];
  }
  const { error } = await unmaskValues(settings, {
    source: "arguments",
    pages: pages(),
    onPage: async (page) => {
      shown.push(...page);
      return true;
    },
    env: {},
  });
  if (error !== undefined) throw new Error(error.message);
  return shown;
}

async function grant(database: TestDatabase, role: string, privileges: readonly string[]): Promise<void> {
  for (const privilege of privileges) await database.query(`grant ${privilege} to ${role}`);
}

/** Takes each privilege away on its own: it must be named, and `action` must do nothing. */
async function expectNamed(
  database: TestDatabase,
  role: string,
  needed: readonly string[],
  names: Readonly<Record<string, string>>,
  action: () => Promise<unknown>,
): Promise<void> {
  for (const [privilege, named] of Object.entries(names)) {
    await database.query(`revoke ${privilege} from ${role}`);
    await expect(action(), privilege).rejects.toThrow(`user ${role} lacks ${named} in `);
    await grant(database, role, needed);
  }
}

const LOG_NAMES = {
  "usage on schema sqs2pg": "USAGE on schema sqs2pg",
  "select on sqs2pg.migrations": "SELECT on sqs2pg.migrations",
  "insert on sqs2pg.unmask_log": "INSERT on sqs2pg.unmask_log",
  "select on sqs2pg.unmask_log": "SELECT on sqs2pg.unmask_log",
  "update on sqs2pg.unmask_log": "UPDATE on sqs2pg.unmask_log",
};

describe.concurrent("privileges that are needed are enough, and each one that lacks is named", () => {
  test("to unmask", async ({ filled, database }) => {
    const [row] = await database.query<{ token: string }>(
      "select ip_token as token from people where id = 'ann'",
    );
    const token = row?.token ?? "";
    const role = await newRole(database);
    const settings = await settingsOf(filled, role.url);
    await grant(database, role.name, UNMASKING);
    expect(await unmaskOne(settings, token)).toMatchObject([{ value: "203.0.113.7" }]);
    const names = { ...LOG_NAMES, "select on sqs2pg.tokens": "SELECT on sqs2pg.tokens" };
    await expectNamed(database, role.name, UNMASKING, names, () => unmaskOne(settings, token));
  });

  test("to look at rows; the keys in use are compared only where they may be read", async ({
    filled,
    database,
  }) => {
    const role = await newRole(database);
    const settings = await settingsOf(filled, role.url);
    const rows = async (): Promise<string[]> => {
      const notices: string[] = [];
      const onNotice = (message: string): void => {
        notices.push(message.replace(/:.*/, ""));
      };
      const onPage = async (): Promise<boolean> => true;
      const { error } = await unmaskRows(settings, { where: "true", onNotice, onPage, env: {} });
      expect(error).toBeUndefined();
      return notices;
    };
    await grant(database, role.name, UNMASKING);
    expect(await rows()).toEqual(["ip_prefix", "device_ff1"]);
    await grant(database, role.name, ["select on sqs2pg.mask_keys"]);
    expect(await rows()).toEqual([]);
    await expectNamed(database, role.name, UNMASKING, { "select on people": "SELECT on people" }, rows);
    const logged = await database.query("select distinct database_user from sqs2pg.unmask_log");
    expect(logged).toEqual([{ database_user: role.name }]);
  });

  test("to forget", async ({ filled, database }) => {
    const role = await newRole(database);
    const settings = await settingsOf(filled, role.url);
    const forgetOne = (dryRun: boolean): Promise<unknown> =>
      forget(settings, { values: ["203.0.113.7"], source: "stdin", dryRun, env: {} });
    await grant(database, role.name, FORGETTING);
    const before = await database.query("select token from sqs2pg.tokens order by token");
    const names = {
      ...LOG_NAMES,
      "select on sqs2pg.tokens": "SELECT on sqs2pg.tokens",
      "delete on sqs2pg.tokens": "DELETE on sqs2pg.tokens",
    };
    await expectNamed(database, role.name, FORGETTING, names, () => forgetOne(false));
    expect(await database.query("select token from sqs2pg.tokens order by token")).toEqual(before);
    expect(await forgetOne(true)).toMatchObject({ forgotten: 1, log_entry: null });
    expect(await forgetOne(false)).toMatchObject({ forgotten: 1 });
  });
});
