import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.js";
import type { PipelineConfig } from "../../../src/config/schema.js";
import { audit } from "../../../src/masked-data/audit.js";
import { forget } from "../../../src/masked-data/forget.js";
import { listKeys } from "../../../src/masked-data/list-keys.js";
import { rewrap } from "../../../src/masked-data/rewrap.js";
import { unmaskRows } from "../../../src/masked-data/unmask-rows.js";
import { generateKey } from "../../../src/masking/index.js";
import { type Bench, KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { newRole } from "../loader/role.js";

const ROLES = ["loader", "auditor", "reader", "eraser", "rotator"] as const;
type Role = (typeof ROLES)[number];

/** One privilege on one table; the rest of a statement as the README has it. */
interface Grant {
  readonly privilege: string;
  readonly on: string;
}

const grants = new Map<Role, readonly Grant[]>();

beforeAll(async () => {
  const text = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  for (const role of ROLES) {
    const statements = text.matchAll(new RegExp(`^grant ([^;]*?) on ([^;]*?) to ${role};`, "gms"));
    grants.set(
      role,
      [...statements].flatMap(([, privileges = "", tables = ""]) => expanded(privileges, tables)),
    );
  }
});

/** `select, update (a, b) on t, u` one by one. */
function expanded(privileges: string, tables: string): Grant[] {
  const parts = (list: string): string[] => list.split(/,\s*(?![^(]*\))/).map((part) => part.trim());
  return parts(tables).flatMap((on) => parts(privileges).map((privilege) => ({ privilege, on })));
}

async function roleWith(database: TestDatabase, given: readonly Grant[]): Promise<string> {
  const { name, url } = await newRole(database);
  for (const { privilege, on } of given) await database.query(`grant ${privilege} on ${on} to ${name}`);
  return url;
}

const pipeline: PipelineConfig = {
  table: "user_logins",
  columns: {
    user_id: { from: "user_id", type: "varchar(128)", required: true },
    masked_ip: { from: "ip", type: "varchar(256)", mask: "aes-siv" },
    masked_device_id: { from: "device_id", type: "varchar(256)", mask: "token" },
  },
};
const EVENT = JSON.stringify({ user_id: "u", ip: "199.172.111.135", device_id: "593-47-5928" });

/** Drains an event and a reject, which is quarantined, as a role of its own. */
async function filledBy(url: string, { queue, env }: Pick<Bench, "queue" | "env">): Promise<void> {
  queue.send([EVENT, "{}"]);
  const folder = await mkdtemp(join(tmpdir(), "permissions-"));
  try {
    await writeFile(join(folder, "sqs2pg.json"), JSON.stringify(pipeline));
    const { exitCode, stdout, stderr } = await runCli(["drain", "--json", "--on-reject", "quarantine"], {
      ...{ cwd: folder, env: { ...env, DATABASE_URL: url } },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ loaded: 1, rejected: 1, deleted: 2 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Action = (url: string, queue: string) => Promise<unknown>;

const settingsOf = (url: string, queue: string, keys = KEY): ReturnType<typeof resolveSettings> =>
  resolveSettings({
    ...{ pipeline, flags: { database: url, queue }, env: { SQS2PG_MASK_KEY: keys } },
    needs: { database: true, key: "if-given" },
  });

async function failed(report: { readonly error?: { readonly code: string } }): Promise<void> {
  if (report.error !== undefined) throw report.error;
}

/** What each role is for; its errors are thrown, those of reports too. */
const ACTIONS: Readonly<Record<Exclude<Role, "loader" | "rotator">, readonly Action[]>> = {
  auditor: [
    async (url, queue) => audit(await settingsOf(url, queue), { env: {}, sample: 1 }),
    async (url, queue) => listKeys(await settingsOf(url, queue), { env: {} }),
  ],
  reader: [
    async (url, queue) =>
      failed(
        await unmaskRows(await settingsOf(url, queue), { env: {}, where: "true", onPage: async () => true }),
      ),
  ],
  eraser: [
    async (url, queue) =>
      forget(await settingsOf(url, queue), { env: {}, values: ["593-47-5928"], source: "stdin" }),
  ],
};

const LACKS = expect.objectContaining({ code: "privilege_missing" });
const endOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error) => error,
  );

describe.concurrent("the grants of the README", () => {
  test("are there for every role", () => {
    for (const role of ROLES) expect(grants.get(role)?.length).toBeGreaterThan(4);
  });

  test("are enough to load, and with keys and tokens none can be left out", async ({
    queue,
    env,
    database,
  }) => {
    const all = grants.get("loader") ?? [];
    await filledBy(await roleWith(database, all), { queue, env });
    const folder = await mkdtemp(join(tmpdir(), "permissions-"));
    await writeFile(join(folder, "sqs2pg.json"), JSON.stringify(pipeline));
    const ofMasks = all.filter(({ on }) => /mask_keys|tokens/.test(on));
    const urls: string[] = [];
    for (const grant of ofMasks)
      urls.push(
        await roleWith(
          database,
          all.filter((other) => other !== grant),
        ),
      );
    const ends = urls.map(async (url) => {
      const options = { cwd: folder, env: { ...env, DATABASE_URL: url } };
      const { exitCode, stdout } = await runCli(["drain", "--json"], options);
      return { exitCode, error: JSON.parse(stdout).error };
    });
    expect(await Promise.all(ends)).toEqual(ofMasks.map(() => ({ exitCode: 1, error: LACKS })));
    expect(ofMasks).toHaveLength(6);
    await rm(folder, { recursive: true });
  });

  test.for(Object.entries(ACTIONS))(
    "are enough for the %s, and none can be left out",
    async ([role, actions], { queue, env, database }) => {
      await filledBy(database.url, { queue, env });
      const all = grants.get(role as Role) ?? [];
      for (const grant of all) {
        // Read where there is something to compare with, and done without otherwise.
        if (role === "reader" && grant.on === "sqs2pg.mask_keys") continue;
        const url = await roleWith(
          database,
          all.filter((other) => other !== grant),
        );
        const ends = await Promise.all(actions.map((action) => endOf(action(url, queue.name))));
        expect({ grant, ends }).toEqual({ grant, ends: expect.arrayContaining([LACKS]) });
      }
      const url = await roleWith(database, all);
      for (const action of actions) expect(await endOf(action(url, queue.name))).toBe("done");
    },
  );

  test("are enough to rewrap, and none can be left out", async ({ queue, env, database }) => {
    await filledBy(database.url, { queue, env });
    const other = generateKey();
    const [forth, back] = [`${other}\n${KEY}`, `${KEY}\n${other}`];
    const all = grants.get("rotator") ?? [];
    const run = async (url: string, keys: string): Promise<unknown> =>
      endOf(rewrap(await settingsOf(url, queue.name, keys), { env: {}, rotate: true }).then(failed));
    for (const grant of all) {
      const url = await roleWith(
        database,
        all.filter((one) => one !== grant),
      );
      expect(await run(url, forth), JSON.stringify(grant)).not.toBe("done");
      expect(await run(database.url, forth)).toBe("done");
      expect(await run(await roleWith(database, all), back)).toBe("done");
    }
  });

  test("keep the log from those who are in it", async ({ database }) => {
    const url = await roleWith(database, grants.get("reader") ?? []);
    const log = "sqs2pg.unmask_log";
    for (const statement of [
      `delete from ${log}`,
      `update ${log} set os_user = 'nobody'`,
      `update ${log} set columns = '{}'`,
      `insert into ${log} (command, os_user, host, source, version, started_at) values ('', '', '', '', '', now())`,
      `insert into ${log} (command, os_user, host, source, version, database_user) values ('', '', '', '', '', '')`,
    ]) {
      const asRole = new URL(url).username;
      const session = await database.pool.connect();
      try {
        await session.query("begin");
        await session.query(`set local role ${asRole}`);
        await expect(session.query(statement)).rejects.toMatchObject({ code: "42501" });
      } finally {
        await session.query("rollback");
        session.release();
      }
    }
  });
});
