import { describe, expect } from "vitest";
import { test } from "../../support/bench.js";
import { batchesLoaded, POISONS } from "../../support/poison.js";
import { expectPoisonFound } from "../../support/poisoned-drain.js";

// test/soak/poison.test.ts tries each cause in both ways and in larger numbers.
describe.concurrent("one bad row in 1,000 is found, and the others are loaded:", () => {
  const cases = POISONS.map((poison, index) => ({
    poison,
    name: poison.name,
    onReject: index % 2 === 0 ? ("leave" as const) : ("quarantine" as const),
    at: (index * 271 + 13) % 1_000,
  }));
  test.for(cases)("$name, $onReject", async ({ poison, onReject, at }, { queue, database, drain }) => {
    await expectPoisonFound(
      { queue, database, drain },
      { poison, onReject, count: 1_000, isBad: (index) => index === at },
    );
  });

  test("text with NUL, which does not even reach the database", async ({ queue, database, drain }) => {
    const sent = queue.send(
      Array.from({ length: 100 }, (_, index) =>
        JSON.stringify({ user_id: `user-${index}`, device_type: index === 42 ? "a\0b" : "iOS" }),
      ),
    );
    const { report, exitCode } = await drain(["--on-reject", "quarantine"]);
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ loaded: 99, rejected: 1, deleted: 100 });
    expect(report.batches).toBe(await batchesLoaded(database));
    expect(await database.query("select message_id, stage, code, field from sqs2pg.rejects")).toEqual([
      { message_id: sent[42]?.messageId, stage: "transform", code: "unstorable_text", field: "device_type" },
    ]);
  });
});
