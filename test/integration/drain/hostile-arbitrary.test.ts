import fc from "fast-check";
import { expect } from "vitest";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { createMask, parseKey } from "../../../src/masking/index.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { KEY, test } from "../../support/bench.js";
import { anyBody } from "../../support/hostile-bodies/arbitrary.js";
import { LOGIN_ROWS, type LoginRow } from "../../support/independent.js";

interface LoginEvent {
  readonly user_id: string;
  readonly locale?: string | null;
}

const BODIES = 4_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Other bodies each time; with the number that a failure names, the same ones again. */
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "login" });
const transform = compileTransform({
  pipelines: [pipeline],
  maskFor: (spec) => createMask(spec, parseKey(KEY)),
  queueName: "queue",
  runId: "run",
});

const inOrder = (lists: readonly (readonly unknown[])[]): string[] =>
  lists.map((list) => JSON.stringify(list)).sort();

/** One object, a list of them, or one a line. */
function eventsOf(body: string): LoginEvent[] {
  const text = body.replace(/^\ufeff/, "");
  try {
    return [JSON.parse(text)].flat();
  } catch {
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line));
  }
}

test(`thousands of arbitrary bodies are rows as they were sent or rejects (SEED=${seed})`, async ({
  queue,
  database,
  drain,
}) => {
  // A body each day: the rows have no message id, but their create_date tells whose they are.
  const cases = fc.sample(anyBody, { numRuns: BODIES, seed }).map((body, index) => {
    const [message] = queue.send([body], { sentAtMs: Date.UTC(2015, 0, 1) + index * DAY_MS });
    if (message === undefined) throw new Error("nothing was sent");
    const { messageId, sentAtMs = 0 } = message;
    return {
      body,
      messageId,
      outcome: transform({ body, messageId, sentAtMs, receiveCount: 1, attributes: {} }),
    };
  });
  const loaded = cases.flatMap(({ body, outcome }) =>
    "rows" in outcome ? [{ body, rows: outcome.rows.map(({ values }) => values) }] : [],
  );
  const rows = loaded.flatMap((one) => one.rows);
  const rejects = cases.flatMap(({ messageId, outcome }) =>
    "reject" in outcome ? [{ messageId, ...outcome.reject }] : [],
  );
  expect(Math.min(loaded.length, rejects.length)).toBeGreaterThan(BODIES / 10);

  const { exitCode, report, stderr } = await drain(["--quiet", "--batch-size", "100"]);

  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });
  expect(report).toMatchObject({
    received: BODIES,
    loaded: loaded.length,
    rows: rows.length,
    rejected: rejects.length,
    released: 0,
  });
  const stored = await database.query<LoginRow & Record<string, unknown>>(LOGIN_ROWS);
  const byDay = new Map<string, (typeof stored)[number][]>();
  for (const row of stored) byDay.set(row.create_date, [...(byDay.get(row.create_date) ?? []), row]);
  const names = pipeline.columns.map(({ name }) => name);
  for (const one of loaded) {
    const found = byDay.get(String(one.rows[0]?.at(-1))) ?? [];
    expect(inOrder(found.map((row) => names.map((name) => row[name])))).toEqual(inOrder(one.rows));
    // Without a look at the transform: an unmasked text comes back as it was sent.
    const events = eventsOf(one.body).map((event) => [event.user_id, event.locale ?? null]);
    expect(inOrder(found.map((row) => [row.user_id, row.locale]))).toEqual(inOrder(events));
  }
  expect(stored).toHaveLength(rows.length);
  const recorded = await database.query("select message_id, stage, code, field from sqs2pg.rejects");
  expect(
    new Set(recorded.map(({ message_id, stage, code, field }) => [message_id, stage, code, field].join())),
  ).toEqual(
    new Set(rejects.map(({ messageId, stage, code, field }) => [messageId, stage, code, field].join())),
  );
  expect(new Set(queue.messageIds())).toEqual(new Set(rejects.map(({ messageId }) => messageId)));
});
