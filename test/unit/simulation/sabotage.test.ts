import { expect, test } from "vitest";
import type { DrainReport } from "../../../src/drain/report.js";
import { StoreError } from "../../../src/loader/store.js";
import type { Sabotage } from "../../simulation/drain-process.js";
import { playSeed } from "../../simulation/play-seed.js";

/** Among so many seeds each sabotage shows. */
const SEEDS = 300;

/** Plays seeds until something is broken that reads like this. */
async function firstBroken(sabotage: Sabotage, expected: RegExp): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { broken } = await playSeed(seed, { sabotage });
    const found = broken.find((what) => expected.test(what));
    if (found !== undefined) return found;
  }
  return undefined;
}

const oneMore = (count: keyof DrainReport): Sabotage => ({
  report: (report) => ({ ...report, [count]: Number(report[count]) + 1 }),
});

const CASES: readonly (readonly [guarantee: string, name: string, Sabotage, RegExp])[] = [
  [
    "commit, then delete",
    "a store that answers before it commits",
    {
      store: (store) => ({
        ...store,
        load: (batch, attempt) => {
          store.load(batch, attempt).catch(() => {});
          return Promise.resolve({ loaded: batch.messages.length, duplicates: 0, rows: 0, superseded: 0 });
        },
      }),
    },
    /it deletes .* before it is committed/,
  ],
  [
    "commit, then delete",
    "an adapter that deletes what it receives",
    {
      queue: (queue) => ({
        ...queue,
        receive: async (request, signal) => {
          const messages = await queue.receive(request, signal);
          if (messages.length > 0) {
            await queue.deleteBatch(messages.map(({ receiptHandle }) => receiptHandle)).catch(() => {});
          }
          return messages;
        },
      }),
    },
    /is lost/,
  ],
  [
    "commit, then delete",
    "a store that only says that it keeps sealed rejects",
    { store: (store) => ({ ...store, saveRejects: () => Promise.resolve() }) },
    /it deletes .* before it is committed/,
  ],
  ["loaded once", "a store without a ledger", { keepsLedger: false }, /a row is there twice/],
  [
    "loaded once",
    "a store that forgets what an attempt of an unknown outcome has loaded",
    { store: (store) => ({ ...store, load: (batch) => store.load(batch, { isRetry: false }) }) },
    /rows in the ledger/,
  ],
  ["accounted for", "one received too many", oneMore("received"), /received/],
  ["accounted for", "one loaded too many", oneMore("loaded"), /received is not loaded/],
  ["accounted for", "one deleted too many", oneMore("deleted"), /deleted says/],
  ["accounted for", "one batch too many", oneMore("batches"), /batches says/],
  ["accounted for", "one retry too many", oneMore("retries"), /retries says/],
  [
    "accounted for",
    "a duplicate that is called loaded",
    {
      report: (report) =>
        report.duplicates === 0
          ? report
          : { ...report, loaded: report.loaded + 1, duplicates: report.duplicates - 1 },
    },
    /rows in the ledger/,
  ],
  [
    "accounted for",
    "a message in doubt that is called released",
    { report: (report) => ({ ...report, released: report.released + report.in_doubt, in_doubt: 0 }) },
    /rows in the ledger/,
  ],
  [
    "accounted for",
    "an adapter that reads no list of failures",
    {
      queue: (queue) => ({
        ...queue,
        deleteBatch: async (handles) => {
          await queue.deleteBatch(handles);
          return [];
        },
      }),
    },
    /deleted says/,
  ],
  [
    "accounted for",
    "an adapter that drops a message",
    {
      queue: (queue) => ({
        ...queue,
        receive: async (request, signal) => (await queue.receive(request, signal)).slice(1),
      }),
    },
    /messages were brought/,
  ],
  [
    "one bad message harms nobody",
    "a transform that throws",
    {
      transform: (transform) => (message) => {
        if (message.body.startsWith("warn")) throw new Error("a mistake of ours");
        return transform(message);
      },
    },
    /an unexpected error/,
  ],
  [
    "one bad message harms nobody",
    "a store that refuses a whole batch for its first row",
    {
      store: (store) => ({
        ...store,
        load: (batch, attempt) =>
          batch.messages.length === 1 && batch.messages[0]?.messageId.endsWith("1")
            ? Promise.reject(new StoreError("data", "no", { sqlState: "23514" }))
            : store.load(batch, attempt),
      }),
    },
    /is a reject/,
  ],
  [
    "order of a FIFO group",
    "a store that loads a batch from its end",
    {
      store: (store) => ({
        ...store,
        load: (batch, attempt) => store.load({ ...batch, messages: batch.messages.toReversed() }, attempt),
      }),
    },
    /overtakes what is before it/,
  ],
  [
    "bounded",
    "an adapter that asks for full pages",
    {
      queue: (queue) => ({
        ...queue,
        receive: (request, signal) => queue.receive({ ...request, maxMessages: 10 }, signal),
      }),
    },
    /--max/,
  ],
  [
    "bounded",
    "an adapter that reads ahead",
    {
      queue: (queue) => ({
        ...queue,
        receive: async (request, signal) => {
          const [one, other] = await Promise.all([
            queue.receive(request, signal),
            queue.receive(request, signal),
          ]);
          return [...one, ...other];
        },
      }),
    },
    /in hand and/,
  ],
  [
    "leases",
    "an adapter that renews nothing",
    {
      queue: (queue) => ({
        ...queue,
        changeVisibilityBatch: (changes) =>
          changes.some(({ visibilitySeconds }) => visibilitySeconds > 0)
            ? Promise.resolve([])
            : queue.changeVisibilityBatch(changes),
      }),
    },
    /came back while/,
  ],
  [
    "stops cleanly",
    "a store that never answers",
    { store: (store) => ({ ...store, finishRun: () => new Promise(() => {}) }) },
    /stuck/,
  ],
  [
    "stops cleanly",
    "a promise that nobody looks after",
    {
      store: (store) => ({
        ...store,
        prune: () => {
          void Promise.reject(new Error("nobody looks"));
          return store.prune();
        },
      }),
    },
    /an unhandled rejection: nobody looks/,
  ],
];

test.each(CASES)("%s: %s is found", async (_guarantee, _name, sabotage, expected) => {
  expect(await firstBroken(sabotage, expected)).toMatch(expected);
});
