import { randomUUID } from "node:crypto";
import pg from "pg";
import { resolveSettings } from "../../../src/config/resolve.js";
import type { ColumnConfig, PipelineConfig } from "../../../src/config/schema.js";
import { openStore } from "../../../src/loader/open-store.js";
import { type RewrapOptions, rewrap } from "../../../src/masked-data/rewrap.js";
import type { RewrapReport } from "../../../src/masked-data/rewrap-report.js";
import { createUnmask, generateKey, type MaskSpec, parseKey, parseKeys } from "../../../src/masking/index.js";
import { keysOfRun, masksForRun } from "../../../src/masks-for-run.js";
import { KEY } from "../../support/bench.js";
import type { TestDatabase } from "../../support/database.js";
import { messageOf } from "../loader/login-store.js";

/** The key that comes after KEY, which is the bench's. */
export const NEW_KEY: string = generateKey();
/** Both, the new one first. */
export const BOTH: string = `${NEW_KEY}\n${KEY}`;
export const idOf = (line: string): string => parseKey(line).id;

/** Rows with an id and an address. */
export const SIV: Readonly<Record<string, ColumnConfig>> = {
  id: { from: "id", type: "text" },
  ip: { from: "ip", type: "text", mask: "aes-siv" },
};
export const SIV_SPEC: MaskSpec = { strategy: "aes-siv", domain: "ip" };

export function pipelineOf(columns: PipelineConfig["columns"], queue = "q"): PipelineConfig {
  return { queue, table: "visits", columns };
}

/** Loads rows as a drain with these keys does: `values` go into every column, masked where it is. */
export async function load(
  database: Pick<TestDatabase, "url">,
  pipeline: PipelineConfig,
  keyLines: string,
  values: readonly string[],
  rotate = false,
): Promise<void> {
  const loading = await startLoading(database, pipeline, keyLines, rotate);
  await loading.load(values);
  await loading.close();
}

/** A drain that has begun: it goes on with the keys that it has. */
export async function startLoading(
  { url }: Pick<TestDatabase, "url">,
  pipeline: PipelineConfig,
  keyLines: string,
  rotate = false,
): Promise<{ load(values: readonly string[]): Promise<void>; close(): Promise<void> }> {
  const env = { DATABASE_URL: url, SQS2PG_MASK_KEY: keyLines };
  const settings = await resolveSettings({ pipeline, env });
  const { pipelines, keys } = settings;
  const { columns } = settings.pipeline;
  const store = openStore({ database: { url, env }, targets: pipelines, poolSize: 1 });
  const maskFor = await masksForRun(pipelines, keys);
  const masks = columns.map(({ mask }) => (mask === undefined ? (value: string) => value : maskFor(mask)));
  await store.claimKeys(keysOfRun(pipelines, keys, rotate));
  return {
    load: async (values) => {
      const messages = values.map((value) => messageOf(masks.map((mask) => mask(value))));
      await store.load({ runId: randomUUID(), stamp: "2026-01-01T00:00:00Z", messages }, { isRetry: false });
    },
    close: () => store.close(),
  };
}

/** Rewraps in this process. */
export async function rewrapped(
  database: Pick<TestDatabase, "url">,
  pipeline: PipelineConfig,
  keyLines: string,
  options: RewrapOptions = {},
): Promise<RewrapReport> {
  const env = { DATABASE_URL: database.url, SQS2PG_MASK_KEY: keyLines };
  const settings = await resolveSettings({ pipeline, env });
  return rewrap(settings, { env, rotate: true, ...options });
}

/** The values of a column, read back with these keys alone. */
export async function unmasked(
  database: Pick<TestDatabase, "query">,
  column: string,
  spec: MaskSpec,
  keyLines: string,
): Promise<string[]> {
  const rows = await database.query(`select ${column} as masked from visits order by id`);
  const unmask = createUnmask(spec, parseKeys(keyLines));
  return Promise.all(rows.map(({ masked }) => unmask(String(masked))));
}

export const ips = (count: number, offset = 0): string[] =>
  Array.from(
    { length: count },
    (_, index) => `10.0.${Math.floor((index + offset) / 250)}.${(index + offset) % 250}`,
  );

/** Another session in a transaction, which is taken back unless it was committed. */
export async function withSession<T>(
  { url }: Pick<TestDatabase, "url">,
  action: (session: pg.Client) => Promise<T>,
): Promise<T> {
  const session = new pg.Client({ connectionString: url });
  session.on("error", () => {});
  await session.connect();
  try {
    await session.query("begin");
    return await action(session);
  } finally {
    await session.end();
  }
}

/**
 * Lets updates of a table wait, for as long as somebody holds `lock table gate`; the first `passes` rows go through. With
 * its owner's rights.
 */
export async function addUpdateGate(
  database: Pick<TestDatabase, "query">,
  table: string,
  passes: number,
): Promise<void> {
  await database.query("create table gate ()");
  await database.query("create sequence passes increment -1 minvalue -1000000 maxvalue 1000000 start 0");
  await database.query("select setval('passes', $1, false)", [passes]);
  await database.query(`create function wait() returns trigger language plpgsql security definer as
    'begin if nextval(''passes'') <= 0 then lock table gate in access share mode; end if; return new; end'`);
  await database.query(`create trigger wait before update on ${table} for each row execute function wait()`);
}
