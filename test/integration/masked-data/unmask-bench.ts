import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type TestAPI } from "vitest";
import { resolveSettings } from "../../../src/config/resolve.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { LoadMessage } from "../../../src/loader/store.js";
import { generateKeyPair, parseKeys } from "../../../src/masking/index.js";
import { keysOfRun, masksForRun } from "../../../src/masks-for-run.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { type Bench, KEY, test as plainTest } from "../../support/bench.js";
import { type CliOptions, type CliResult, runCli } from "../../support/cli.js";

/** What is sent. */
export interface Person {
  readonly id: string;
  readonly ip: string | null;
  readonly device: string | null;
  readonly mail: string | null;
  readonly note: string | null;
  readonly age: number | null;
  readonly ok: boolean | null;
}

export interface People {
  /** The pipeline's file. */
  readonly config: string;
  /** As they were sent, by id. */
  readonly people: readonly Person[];
  /** All keys that the columns need. */
  readonly keys: string;
}

/** An entry of the unmask log, as far as it is the same each time. */
export interface LogEntry {
  readonly id: string;
  readonly command: string;
  readonly source: string;
  readonly table_name: string | null;
  readonly columns: readonly string[] | null;
  readonly filter: string | null;
  readonly values_done: string | null;
  readonly values_failed: string | null;
  readonly finished: boolean;
}

export interface UnmaskBench extends Bench {
  /** A table with every reversible mask and a few people in it, loaded in this process as a drain loads them. */
  readonly filled: People;
  /** The same with more than a page of them. */
  readonly crowded: People;
  /** As many, sent to the queue and drained by the command. */
  readonly drained: People;
  /** Sends people and drains them into the table of `filled`. */
  readonly drainPeople: (into: Pick<People, "config" | "keys">, people: readonly Person[]) => Promise<void>;
  /** The empty table of `filled`, with its pipeline's file and its keys. */
  readonly table: Pick<People, "config" | "keys">;
  /** The test's database and the keys of `filled`; nothing of AWS. */
  readonly unmaskEnv: Readonly<Record<string, string>>;
  /** Runs `unmask --config` on the pipeline of `filled`. */
  readonly unmask: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  readonly forget: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
  readonly log: () => Promise<LogEntry[]>;
}

const { privateKey: PRIVATE_KEY } = await generateKeyPair();

/** What each column of the table is masked with, if at all. */
const PIPELINE = `table: people
columns:
  id: { from: id, type: text, required: true }
  ip_siv: { from: ip, type: varchar(256), mask: aes-siv }
  device_gcm: { from: device, type: text, mask: { strategy: aes-gcm, companion: device_hmac } }
  mail_sealed: { from: mail, type: text, mask: sealed }
  ip_token: { from: ip, type: varchar(256), mask: token }
  mail_token: { from: mail, type: text, mask: token }
  ip_prefix: { from: ip, type: inet, mask: ip-prefix }
  device_ff1: { from: device, type: varchar(32), mask: ff1 }
  mail_hash: { from: mail, type: text, mask: sha256 }
  note: { from: note, type: text }
  age: { from: age, type: integer }
  ok: { from: ok, type: boolean }
`;

const TABLE = `create table people (id text primary key, ip_siv varchar(256), device_gcm text, device_hmac varchar(64),
  mail_sealed text, ip_token varchar(256), mail_token text, ip_prefix inet, device_ff1 varchar(32), mail_hash text, note text,
  age integer, ok boolean)`;

/** The columns that come back, with the field of a person that they hold. */
export const REVERSIBLE: Readonly<Record<ReversibleName, "ip" | "device" | "mail">> = {
  ip_siv: "ip",
  device_gcm: "device",
  mail_sealed: "mail",
  ip_token: "ip",
  mail_token: "mail",
  ip_prefix: "ip",
  device_ff1: "device",
};
export type ReversibleName =
  | "ip_siv"
  | "device_gcm"
  | "mail_sealed"
  | "ip_token"
  | "mail_token"
  | "ip_prefix"
  | "device_ff1";
export const REVERSIBLE_NAMES: readonly ReversibleName[] = Object.keys(REVERSIBLE) as ReversibleName[];

const nobody: Person = { id: "nobody", ip: null, device: null, mail: null, note: null, age: null, ok: null };

/** Values that are hard on lines, CSV and JSON. */
const PEOPLE: readonly Person[] = [
  nobody,
  {
    id: "ann",
    ip: "203.0.113.7",
    device: "593-47-5928",
    mail: "ann@example.com",
    note: "",
    age: 31,
    ok: true,
  },
  { ...nobody, id: "bob", ip: "2001:db8::1", device: "000-00-0000", mail: 'b,"ob"\n😀', note: 'a "b", c\nd' },
  {
    ...nobody,
    id: "ann again",
    ip: "203.0.113.7",
    device: "593-47-5928",
    mail: "ann@example.com",
    ok: false,
  },
  { ...nobody, id: "empty", mail: "", age: -5 },
];

/** More than a page of them. */
const CROWD: readonly Person[] = Array.from({ length: 1_200 }, (_, index) => ({
  ...nobody,
  ...{ id: `p${index}`, ip: `198.51.${index % 200}.${index % 250}`, mail: `p${index % 900}@example.com` },
  device: String(100_000_000 + index),
}));

/** The fixtures of the bench with a table that is masked in every way. */
export const test: TestAPI<UnmaskBench> = plainTest.extend<
  Pick<
    UnmaskBench,
    "drainPeople" | "table" | "filled" | "crowded" | "drained" | "unmaskEnv" | "unmask" | "forget" | "log"
  >
>({
  drainPeople: async ({ queue, env }, use) => {
    await use(async ({ config, keys }, people) => {
      queue.send(people.map((person) => JSON.stringify(person)));
      const args = ["drain", "--quiet", "--json", "--config", config];
      const drained = await runCli(args, { env: { ...env, SQS2PG_MASK_KEY: keys } });
      expect(complaints(drained)).toBe("");
      expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: people.length, rejected: 0 });
    });
  },
  table: async ({ queue, database }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "sqs2pg-unmask-"));
    const config = join(folder, "people.yaml");
    await writeFile(config, `queue: ${queue.name}\n${PIPELINE}`);
    await database.query(TABLE);
    await use({ config, keys: `${KEY}\n${PRIVATE_KEY}` });
    await rm(folder, { recursive: true });
  },
  filled: async ({ table, database }, use) => {
    await load(table, database.url, PEOPLE);
    await use({ ...table, people: PEOPLE });
  },
  crowded: async ({ filled, database }, use) => {
    await load(filled, database.url, CROWD);
    await use({ ...filled, people: [...filled.people, ...CROWD] });
  },
  drained: async ({ table, drainPeople }, use) => {
    const people = [...PEOPLE, ...CROWD];
    await drainPeople(table, people);
    await use({ ...table, people });
  },
  unmaskEnv: async ({ database, table }, use) => {
    await use({ DATABASE_URL: database.url, SQS2PG_MASK_KEY: table.keys });
  },
  unmask: async ({ table, unmaskEnv }, use) => {
    await use((args, options = {}) =>
      runCli(["unmask", "--config", table.config, ...args], {
        ...options,
        env: { ...unmaskEnv, ...options.env },
      }),
    );
  },
  forget: async ({ table, unmaskEnv }, use) => {
    await use((args, options = {}) =>
      runCli(["forget", "--config", table.config, ...args], {
        ...options,
        env: { ...unmaskEnv, ...options.env },
      }),
    );
  },
  log: async ({ database }, use) => {
    await use(() =>
      database.query<LogEntry & Record<string, unknown>>(
        `select id, command, source, table_name, columns, filter, values_done, values_failed,
                finished_at is not null as finished from sqs2pg.unmask_log order by id`,
      ),
    );
  },
});

/** Loads people into the table without a queue. */
async function load(
  { config, keys: text }: Pick<People, "config" | "keys">,
  url: string,
  people: readonly Person[],
): Promise<void> {
  const env = { SQS2PG_MASK_KEY: text, DATABASE_URL: url };
  const { pipelines, keys } = await resolveSettings({ flags: { config }, env });
  const runId = randomUUID();
  const transform = compileTransform({
    pipelines,
    maskFor: await masksForRun(pipelines, keys),
    queueName: pipelines[0].queue,
    runId,
  });
  const messages = people.map((person): LoadMessage => {
    const messageId = randomUUID();
    const message = { messageId, body: JSON.stringify(person), sentAtMs: 1, receiveCount: 1, attributes: {} };
    const outcome = transform(message);
    if ("reject" in outcome) throw new Error(`a person is rejected: ${outcome.reject.reason}`);
    return { messageId, sentAtMs: 1, receiveCount: 1, rows: outcome.rows };
  });
  const store = openStore({ database: { url, env: {} }, targets: pipelines, poolSize: 1 });
  await store.claimKeys(keysOfRun(pipelines, keys, false));
  await store.load({ runId, stamp: "2026-01-01T00:00:00.000001Z", messages }, { isRetry: false });
  await store.close();
}

/** The notice that comes with every run on this pipeline. */
export const NOTICE: RegExp =
  /^warning: mail_hash: plain sha256 can be guessed \(all IPv4 addresses in minutes\); hmac-sha256 with a key cannot\n/;

/** Standard error without that notice. */
export function complaints({ stderr }: CliResult): string {
  return stderr.replace(NOTICE, "");
}

/** The id of the masking key that `filled` is masked with. */
export const KEY_ID: string = parseKeys(KEY).keys[0]?.id ?? "";
