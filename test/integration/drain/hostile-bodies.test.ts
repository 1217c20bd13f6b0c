import { expect } from "vitest";
import type { PeekResult } from "../../../src/drain/peek-result.js";
import { parseKey } from "../../../src/masking/index.js";
import { openMessage } from "../../../src/sealed-message.js";
import { KEY, test } from "../../support/bench.js";
import { runCli } from "../../support/cli.js";
import type { TestDatabase } from "../../support/database.js";
import { expectedRow } from "../../support/hostile-bodies/expected-row.js";
import { HOSTILE_BODIES, type HostileBody, type LoadedFields } from "../../support/hostile-bodies.js";
import { LOGIN_ROWS, type LoginRow } from "../../support/independent.js";
import type { SentMessage } from "../../support/sqs.js";
import { until } from "../../support/until.js";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A day for each body: the rows have no message id, but their create_date tells whose they are. */
const dayOf = (index: number): number => Date.UTC(2020, 0, 1) + index * DAY_MS;

type Row = LoginRow & Record<string, unknown>;

interface Case extends HostileBody {
  readonly message: SentMessage;
}

const rowOf = ({ expected }: HostileBody): LoadedFields | undefined =>
  "row" in expected ? expected.row : undefined;

/** By name, so that a difference says which body it is about. */
const byName = <T>(cases: readonly Case[], of: (one: Case) => T): Record<string, T> =>
  Object.fromEntries(cases.map((one) => [one.name, of(one)]));

async function expectRows(database: TestDatabase, loaded: readonly Case[]): Promise<void> {
  const rows = await database.query<Row>(LOGIN_ROWS);
  expect(rows).toHaveLength(loaded.length);
  const byDay = new Map(rows.map((row) => [row.create_date, row]));
  const days = (one: Case): string => new Date(one.message.sentAtMs ?? 0).toISOString().slice(0, 10);
  expect(byName(loaded, (one) => byDay.get(days(one)))).toEqual(
    byName(loaded, (one) => expectedRow(rowOf(one) ?? { user_id: "" }, one.message.sentAtMs ?? 0, KEY)),
  );
}

async function rejectsById(database: TestDatabase): Promise<Map<unknown, Record<string, unknown>>> {
  const rejects = await database.query("select message_id, code, field, sealed_body from sqs2pg.rejects");
  return new Map(rejects.map(({ message_id, ...reject }) => [message_id, reject]));
}

test("every hostile body is a row as it was sent or a reject, peeked at, left and quarantined", {
  timeout: 120_000,
}, async ({ queue, queueEnv, database, drain }) => {
  const cases = HOSTILE_BODIES.map((one, index): Case => {
    const [message] = queue.send([one.body], { sentAtMs: dayOf(index) });
    if (message === undefined) throw new Error("nothing was sent");
    return { ...one, message };
  });
  const loaded = cases.filter((one) => rowOf(one) !== undefined);
  const refused = cases.filter((one) => rowOf(one) === undefined);
  const refusals = byName(refused, ({ expected }) => ("reject" in expected ? expected.reject : undefined));

  const peeked = await runCli(["peek", "--json", "--max", "1000"], { env: queueEnv });
  expect(peeked).toMatchObject({ exitCode: 0, stderr: "" });
  const { messages }: PeekResult = JSON.parse(peeked.stdout);
  const shown = new Map(messages.map((message) => [message.message_id, message]));
  expect(shown.size).toBe(cases.length);
  expect(
    byName(refused, ({ message }) => {
      const { code, field } = shown.get(message.messageId)?.reject ?? {};
      return { code, field };
    }),
  ).toEqual(refusals);
  expect(queue.counts()).toEqual({ visible: cases.length, in_flight: 0, delayed: 0 });

  const left = await drain(["--quiet", "--visibility", "10"]);
  expect({ exitCode: left.exitCode, stderr: left.stderr }).toEqual({ exitCode: 3, stderr: "" });
  expect(left.report).toMatchObject({
    received: cases.length,
    loaded: loaded.length,
    rejected: refused.length,
    deleted: loaded.length,
    duplicates: 0,
    released: 0,
    in_doubt: 0,
    warnings: {
      app_version: { not_convertible: loaded.filter((one) => rowOf(one)?.isVersionOdd).length },
    },
  });
  await expectRows(database, loaded);
  const known = await rejectsById(database);
  expect(byName(refused, ({ message }) => known.get(message.messageId))).toEqual(
    byName(refused, ({ name }) => ({ ...refusals[name], sealed_body: null })),
  );
  expect(new Set(queue.bodies())).toEqual(new Set(refused.map(({ body }) => body)));

  await until("the rejects are visible again", () => queue.counts().visible === refused.length);
  const sealed = await drain(["--quiet", "--on-reject", "quarantine"]);
  expect(sealed.report).toMatchObject({
    received: refused.length,
    loaded: 0,
    rejected: refused.length,
    deleted: refused.length,
  });
  expect(queue.messageIds()).toEqual([]);
  const quarantined = await rejectsById(database);
  expect(quarantined.size).toBe(refused.length);
  const key = parseKey(KEY);
  for (const { name, body, message } of refused) {
    const { sealed_body: sealedBody } = quarantined.get(message.messageId) ?? {};
    if (!Buffer.isBuffer(sealedBody)) throw new Error(`not sealed: ${name}`);
    // No toBe: what differs may be a mebibyte of controls.
    expect(openMessage([key], sealedBody, message.messageId).body === body, name).toBe(true);
  }
  await expectRows(database, loaded);
});
