import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type TestAPI } from "vitest";
import { resolveSettings, type SettingFlags } from "../../../src/config/resolve.js";
import { openStore } from "../../../src/loader/open-store.js";
import type { RejectRecord } from "../../../src/loader/store.js";
import { parseKey } from "../../../src/masking/index.js";
import type { Message } from "../../../src/message.js";
import { type ReplayOptions, replay } from "../../../src/rejects/replay.js";
import type { ReplayReport } from "../../../src/rejects/replay-report.js";
import { sealMessage } from "../../../src/sealed-message.js";
import { type Bench, type Drained, KEY, test as plainTest } from "../../support/bench.js";
import { type CliOptions, type CliResult, type RunningCli, runCli, startCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import type { SentMessage } from "../../support/sqs.js";

export interface Replayed extends CliResult {
  readonly report: ReplayReport;
}

export interface ReplayBench extends Bench {
  /** The test's queue by name, its database and the key; nothing at all of AWS. */
  readonly replayEnv: Readonly<Record<string, string>>;
  /** Runs `replay --json`, and checks what is true of every report. */
  readonly replay: (args?: readonly string[], options?: CliOptions) => Promise<Replayed>;
  /** Starts it, to interrupt it or to do something else meanwhile. */
  readonly startReplay: (args?: readonly string[], options?: CliOptions) => RunningCli;
  /** Sends bodies and drains them into the quarantine: all must be rejected. */
  readonly quarantine: (bodies: readonly string[]) => Promise<SentMessage[]>;
  /** Puts messages into the quarantine without a queue, sealed as a drain seals them; their ids, in order. */
  readonly seal: (messages: readonly Partial<Message>[], options?: SealOptions) => Promise<string[]>;
  /** Replays in this process, which is quicker. */
  readonly replayHere: (options?: ReplayOptions, flags?: SettingFlags) => Promise<ReplayReport>;
  /** Writes a pipeline file of this text; its path. */
  readonly pipelineFile: (yaml: string) => Promise<string>;
}

export interface SealOptions {
  /** Those of the test's queue, unless it is given. */
  readonly queue?: string;
  readonly key?: string;
  readonly code?: string;
}

/** The fixtures of the bench with those of a replay. */
export const test: TestAPI<ReplayBench> = plainTest.extend<
  Pick<
    ReplayBench,
    "replayEnv" | "replay" | "startReplay" | "quarantine" | "seal" | "replayHere" | "pipelineFile"
  >
>({
  replayEnv: async ({ queue, database }, use) => {
    await use({ SQS2PG_QUEUE: queue.name, DATABASE_URL: database.url, SQS2PG_MASK_KEY: KEY });
  },
  replay: async ({ replayEnv }, use) => {
    await use(async (args = [], options = {}) => {
      const env = { ...replayEnv, ...options.env };
      return replayed(await runCli(["replay", "--json", ...args], { ...options, env }));
    });
  },
  startReplay: async ({ replayEnv }, use) => {
    await use((args = [], options = {}) =>
      startCli(["replay", "--json", ...args], { ...options, env: { ...replayEnv, ...options.env } }),
    );
  },
  quarantine: async ({ queue, drain }, use) => {
    await use(async (bodies) => {
      const sent = queue.send(bodies);
      const { report }: Drained = await drain(["--on-reject", "quarantine", "--max-rejects", "100000"]);
      expect(report).toMatchObject({ rejected: sent.length, deleted: sent.length });
      return sent;
    });
  },
  seal: async ({ queue, database }, use) => {
    await use((messages, options = {}) => sealInto(database, messages, { queue: queue.name, ...options }));
  },
  replayHere: async ({ replayEnv }, use) => {
    await use(async (options = {}, flags = {}) => {
      const needs = { database: true, key: "to-open" } as const;
      const settings = await resolveSettings({ flags, env: replayEnv, needs });
      return sound(await replay(settings, { env: replayEnv, ...options }));
    });
  },
  pipelineFile: async ({ task: _task }, use) => {
    const folders: string[] = [];
    await use(async (yaml) => {
      const folder = await mkdtemp(join(tmpdir(), "sqs2pg-replay-"));
      folders.push(folder);
      await writeFile(join(folder, "pipeline.yaml"), yaml);
      return join(folder, "pipeline.yaml");
    });
    for (const folder of folders) await rm(folder, { recursive: true });
  },
});

/** A replay's result with its report, of which the sums must be right. */
export function replayed(result: CliResult): Replayed {
  let report: ReplayReport;
  try {
    report = JSON.parse(result.stdout);
  } catch {
    throw new Error(`no report, exit code ${result.exitCode}: ${result.stdout}${result.stderr}`);
  }
  return { ...result, report: sound(report) };
}

/** The report, of which the sums must be right. */
export function sound(report: ReplayReport): ReplayReport {
  const { read, loaded, duplicates, rejected, not_tried, in_doubt, rejects } = report;
  expect(loaded + duplicates + rejected + not_tried + in_doubt).toBe(read);
  expect(rejects.reduce((sum, group) => sum + group.count, 0)).toBe(rejected);
  return report;
}

/** Puts messages into the quarantine of a database. */
export async function sealInto(
  database: Pick<TestDatabase, "url">,
  messages: readonly Partial<Message>[],
  { queue, key = KEY, code = "sqlstate_23514" }: SealOptions & { readonly queue: string },
): Promise<string[]> {
  const store = openStore({
    database: { url: database.url, env: {} },
    targets: [{ table: { name: "user_logins" }, columns: [] }],
    poolSize: 1,
  });
  const records = messages.map((given): RejectRecord => {
    const id = randomUUID();
    const message = { messageId: id, body: "{}", sentAtMs: 1, receiveCount: 1, attributes: {}, ...given };
    return {
      ...{ messageId: id, queue, runId: randomUUID(), stage: "load", code, field: null, reason: "refused" },
      ...{ shape: null, sealedBody: sealMessage(parseKey(key), message, id), receiveCount: 1, sentAtMs: 1 },
    };
  });
  await store.saveRejects(records);
  await store.close();
  return records.map(({ messageId }) => messageId);
}

/** What is in the tables, in numbers. */
export interface Counted {
  readonly rows: number;
  readonly ledger: number;
  readonly sealed: number;
  readonly replayed: number;
}

export async function count(database: Pick<TestDatabase, "query">): Promise<Counted> {
  const [counted] = await database.query<{ [Name in keyof Counted]: number }>(`select
    (select count(*)::integer from user_logins) as rows, (select count(*)::integer from sqs2pg.ledger) as ledger,
    (select count(*)::integer from sqs2pg.rejects where sealed_body is not null) as sealed,
    (select count(*)::integer from sqs2pg.rejects where replayed_at is not null) as replayed`);
  if (counted === undefined) throw new Error("nothing was counted");
  return counted;
}

/** Login events that the constraint of `refuseLocale` refuses. */
export function refusedEvents(length: number): string[] {
  return Array.from({ length }, (_, index) => JSON.stringify({ user_id: `user ${index}`, locale: "ZZ" }));
}

export async function refuseLocale(database: TestDatabase): Promise<void> {
  await database.query("alter table user_logins add constraint known_locale check (locale <> 'ZZ')");
}

export async function allowLocale(database: TestDatabase): Promise<void> {
  await database.query("alter table user_logins drop constraint known_locale");
}
