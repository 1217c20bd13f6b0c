import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeyClaim } from "../../../src/config/key-claims.js";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { KeysOfRun, TargetStore } from "../../../src/loader/store.js";
import { useDatabase } from "../../support/database.js";
import { loginColumns } from "./login-store.js";
import { newRole } from "./role.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const stores: TargetStore[] = [];

function storeInto(name = "user_logins"): TargetStore {
  const store = openStore({
    database: { url: database.url, env: {} },
    targets: [{ table: { name }, columns: loginColumns }],
    poolSize: 1,
  });
  stores.push(store);
  return store;
}

const hmac = (keyId: string): KeyClaim => ({
  column: "masked_ip",
  strategy: "hmac-sha256",
  domain: "ip",
  keyId,
});
const claimed = (claims: KeyClaim[], more: Partial<KeysOfRun> = {}, name = "user_logins"): KeysOfRun => ({
  tables: [{ table: { name }, claims }],
  heldIds: claims.map(({ keyId }) => keyId),
  rotate: false,
  ...more,
});
const claim = (name: string, claims: KeyClaim[], more: Partial<KeysOfRun> = {}): Promise<void> =>
  storeInto(name).claimKeys(claimed(claims, more, name));
const inUse = (): ReturnType<typeof database.query> =>
  database.query(
    "select table_name, column_name, key_id, is_current from sqs2pg.mask_keys order by table_name, first_used_at, key_id",
  );

beforeEach(() => database.query("truncate sqs2pg.mask_keys, sqs2pg.tokens"));
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

describe("the keys of a run", () => {
  test("are written down, and the same ones again are fine, of any table", async () => {
    await claim("user_logins", [hmac("aaaaaaaa")]);
    await claim("user_logins", [hmac("aaaaaaaa")]);
    await claim("others", [hmac("aaaaaaaa")]);
    expect(await inUse()).toEqual([
      { table_name: "others", column_name: "masked_ip", key_id: "aaaaaaaa", is_current: true },
      { table_name: "user_logins", column_name: "masked_ip", key_id: "aaaaaaaa", is_current: true },
    ]);
  });

  test("are refused when they are others, whichever table began", async () => {
    await claim("user_logins", [hmac("aaaaaaaa")]);
    const before = await inUse();
    const claiming = claim("others", [hmac("bbbbbbbb")]);
    await expect(claiming).rejects.toMatchObject({
      kind: "usage",
      code: "key_changed",
      message:
        "the key has changed: column masked_ip is masked with aaaaaaaa in this database, and the first key is bbbbbbbb now: new rows would not join with old ones; put aaaaaaaa first, or say --rotate if it is meant",
    });
    expect(await inUse()).toEqual(before);
  });

  test("are history where the column has another mask now", async () => {
    await claim("user_logins", [hmac("aaaaaaaa")]);
    await claim("user_logins", [{ ...hmac("bbbbbbbb"), strategy: "aes-siv" }]);
    expect(await inUse()).toMatchObject([
      { key_id: "aaaaaaaa", is_current: false },
      { key_id: "bbbbbbbb", is_current: true },
    ]);
  });

  test("may be others in another domain or for another strategy", async () => {
    await claim("user_logins", [hmac("aaaaaaaa")]);
    await claim("user_logins", [{ ...hmac("bbbbbbbb"), domain: "device_id" }]);
    await claim("user_logins", [{ ...hmac("cccccccc"), strategy: "aes-gcm" }]);
    expect(await inUse()).toHaveLength(3);
  });

  test("replace those in use when that is said, and then these are the ones", async () => {
    await claim("user_logins", [hmac("aaaaaaaa")]);
    await claim("user_logins", [hmac("bbbbbbbb")], { rotate: true });
    expect(await inUse()).toMatchObject([
      { key_id: "aaaaaaaa", is_current: false },
      { key_id: "bbbbbbbb", is_current: true },
    ]);
    await expect(claim("user_logins", [hmac("aaaaaaaa")])).rejects.toMatchObject({
      code: "key_changed",
    });
    await claim("user_logins", [hmac("aaaaaaaa")], { rotate: true });
    expect(await inUse()).toMatchObject([
      { key_id: "aaaaaaaa", is_current: true },
      { key_id: "bbbbbbbb", is_current: false },
    ]);
  });

  test("cannot be replaced where values do not tell which key they have", async () => {
    const ff1 = (keyId: string): KeyClaim => ({ ...hmac(keyId), strategy: "ff1" });
    await claim("user_logins", [ff1("aaaaaaaa")]);
    await expect(claim("user_logins", [ff1("bbbbbbbb")], { rotate: true })).rejects.toMatchObject({
      kind: "usage",
      code: "key_not_rotatable",
      message: expect.stringContaining("key_id: aaaaaaaa in its mask"),
    });
  });

  test("have to be those of the vault's tokens, too", async () => {
    const token = (keyId: string): KeyClaim => ({ ...hmac(keyId), strategy: "token" });
    await claim("user_logins", [token("aaaaaaaa")]);
    await database.query(
      "insert into sqs2pg.tokens (domain, blind_index, token, sealed_value, key_id) values ('ip', 'i', 't', 's', 'aaaaaaaa')",
    );
    const without = claimed([token("bbbbbbbb")], { rotate: true });
    await expect(storeInto().claimKeys(without)).rejects.toMatchObject({
      kind: "usage",
      code: "vault_key_missing",
      message: expect.stringContaining("the vault has tokens under aaaaaaaa"),
    });
    await storeInto().claimKeys({ ...without, heldIds: ["bbbbbbbb", "aaaaaaaa"] });
  });

  test("of two runs that begin at once with different ones, one wins and the other is refused", async () => {
    const claims = ["aaaaaaaa", "bbbbbbbb"].map((keyId) => claim("user_logins", [hmac(keyId)]));
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await inUse()).toHaveLength(1);
  });
});

describe("a role that may not write them down", () => {
  test("is told what it lacks before anything is loaded", async () => {
    const { name, url } = await newRole(database);
    const mask = { strategy: "token", domain: "ip" } as const;
    const store = openStore({
      database: { url, env: {} },
      targets: [
        { table: { name: "user_logins" }, columns: [{ name: "masked_ip", type: { name: "text" }, mask }] },
      ],
      poolSize: 1,
    });
    stores.push(store);
    await database.query(`grant usage on schema sqs2pg to ${name}`);
    await database.query(`grant insert on user_logins to ${name}`);
    await database.query(`grant select on sqs2pg.migrations to ${name}`);
    await database.query(`grant select, insert, delete on sqs2pg.ledger to ${name}`);
    await database.query(`grant select, insert, update on sqs2pg.rejects, sqs2pg.runs to ${name}`);
    const lacking = "SELECT on sqs2pg.mask_keys, INSERT on sqs2pg.mask_keys, UPDATE on sqs2pg.mask_keys";
    const vault = "SELECT on sqs2pg.tokens, INSERT on sqs2pg.tokens, UPDATE on sqs2pg.tokens";
    await expect(store.check()).rejects.toThrow(`user ${name} lacks ${lacking}, ${vault} in`);
    await database.query(`grant select, insert, update on sqs2pg.mask_keys, sqs2pg.tokens to ${name}`);
    await store.check();
    await store.claimKeys(claimed([{ ...hmac("aaaaaaaa"), strategy: "token" }]));
  });
});
