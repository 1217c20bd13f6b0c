import { expect, test } from "vitest";
import { traceableEvents, unsettled, type Whereabouts } from "../../support/settled.js";
import type { SentMessage } from "../../support/sqs.js";

const sent: readonly SentMessage[] = [
  ...traceableEvents(4).map((body, index) => ({ messageId: `id-${index}`, body })),
  { messageId: "id-left", body: "{}" },
  { messageId: "id-sealed", body: "not JSON" },
];
/** Two are loaded, two are on the queue, one reject is left there and one is quarantined. */
const fine: Whereabouts = {
  sent,
  rows: ["user-0", "user-1"],
  ledger: ["id-0", "id-1"],
  rejects: [
    { messageId: "id-left", isSealed: false },
    { messageId: "id-sealed", isSealed: true },
  ],
  queued: ["id-2", "id-3", "id-left"],
};

test("events can be told apart, foreign ones aside", () => {
  const users = traceableEvents(500, { foreign: 0.2 }).map((body) => JSON.parse(body).user_id);
  const known = users.filter((user) => user !== undefined);
  expect(known.length).toBeLessThan(500);
  expect(new Set(known).size).toBe(known.length);
});

test("everything in one place is settled", () => {
  expect(unsettled(fine)).toEqual([]);
});

test.each<[string, Partial<Whereabouts>]>([
  ["lost: 1, such as id-3", { queued: ["id-2", "id-left"] }],
  ["lost: 1, such as id-left", { queued: ["id-2", "id-3"] }],
  ["in the ledger without a row: 1, such as id-1", { rows: ["user-0"] }],
  ["a row without an entry in the ledger: 1, such as id-2", { rows: ["user-0", "user-1", "user-2"] }],
  ["rows that are there twice: 1, such as user-1", { rows: ["user-0", "user-1", "user-1"] }],
  ["rows of nothing that was sent: 1, such as user-9", { rows: ["user-0", "user-1", "user-9"] }],
  ["on the queue twice: 1, such as id-2", { queued: ["id-2", "id-2", "id-3", "id-left"] }],
  ["loaded and on the queue: 1, such as id-0", { queued: ["id-0", "id-2", "id-3", "id-left"] }],
  [
    "loaded and rejected: 1, such as id-0",
    { rejects: [...fine.rejects, { messageId: "id-0", isSealed: false }] },
  ],
  [
    "quarantined and on the queue: 1, such as id-sealed",
    { queued: ["id-2", "id-3", "id-left", "id-sealed"] },
  ],
])("%s", (problem, change) => {
  expect(unsettled({ ...fine, ...change })).toEqual([problem]);
});

test("after a run that was cut off, what is loaded may still be on the queue", () => {
  const facts = { ...fine, queued: [...fine.queued, "id-0", "id-sealed"] };
  expect(unsettled(facts, { isCutOff: true })).toEqual([]);
});
