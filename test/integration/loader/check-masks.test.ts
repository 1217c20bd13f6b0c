import { afterEach, describe, expect, test } from "vitest";
import { migrate } from "../../../src/loader/migrations/migrate.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { Store } from "../../../src/loader/store.js";
import type { TargetColumn } from "../../../src/loader/target.js";
import type { MaskSpec } from "../../../src/masking/index.js";
import { useDatabase } from "../../support/database.js";

const database = useDatabase({
  prepare: async (url) => {
    await migrate({ database: { url, env: {} } });
  },
});
const stores: Store[] = [];

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await database.query("drop table if exists visits");
});

/** A table with the column `ip`, checked for a pipeline that masks into it. */
async function check(
  definition: string,
  mask: MaskSpec,
  type: TargetColumn["type"] = { name: "text" },
): Promise<void> {
  await database.query(`create table visits (id bigint, ip ${definition})`);
  const store = openStore({
    database: { url: database.url, env: {} },
    targets: [{ table: { name: "visits" }, columns: [{ name: "ip", type, mask }] }],
    poolSize: 1,
  });
  stores.push(store);
  await store.check();
}

const spec = (strategy: MaskSpec["strategy"], more: Partial<MaskSpec> = {}): MaskSpec => ({
  strategy,
  domain: "ip",
  ...more,
});

describe("a mask that makes more than the table's column holds is found at the start", () => {
  test.each([
    ["varchar(63)", spec("hmac-sha256"), "holds 63 characters, and the mask hmac-sha256 makes up to 64"],
    ["char(24)", spec("token"), "holds 24 characters, and the mask token makes up to 25"],
    ["varchar(118)", spec("aes-siv"), "makes up to 119"],
    ["varchar(63)", spec("ip-truncate", { onInvalid: "hmac" }), "makes up to 64"],
  ])("%s, %o", async (definition, mask, says) => {
    await expect(check(definition, mask)).rejects.toMatchObject({
      kind: "failed",
      code: "mask_too_wide",
      message: expect.stringContaining(says),
    });
  });

  test.each([
    ["varchar(64)", spec("hmac-sha256")],
    ["varchar", spec("hmac-sha256")],
    ["text", spec("sealed")],
    ["varchar(119)", spec("aes-siv")],
    ["varchar(60)", spec("aes-siv", { maxBytes: 20 })],
    ["varchar(3)", spec("partial")],
    ["varchar(25)", spec("token")],
  ])("%s is wide enough for %o, or nobody knows before", async (definition, mask) => {
    await check(definition, mask);
  });

  test("an inet column takes what ip-* masks make", async () => {
    await check("inet", spec("ip-prefix"), { name: "inet" });
  });
});

describe("a mask that differs each time, where a unique index relies on it", () => {
  test.each([
    ["text unique", spec("aes-gcm")],
    ["text primary key", spec("sealed")],
    ["text, unique (id, ip)", spec("aes-gcm")],
  ])("%s, %o", async (definition, mask) => {
    await expect(check(definition, mask)).rejects.toMatchObject({
      kind: "failed",
      code: "mask_not_deterministic",
      message: expect.stringMatching(
        /^column ip of table visits is part of the unique index visits_\w+, and .* aes-siv$/,
      ),
    });
  });

  test.each([
    ["text unique", spec("aes-siv")],
    ["text unique", spec("token")],
    ["text, unique (id)", spec("aes-gcm")],
    ["text, unique (id) include (ip)", spec("aes-gcm")],
  ])("%s is fine with %o", async (definition, mask) => {
    await check(definition, mask);
  });
});
