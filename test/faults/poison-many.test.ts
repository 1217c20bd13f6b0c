import { describe, expect } from "vitest";
import { test } from "../support/bench.js";
import { POISONS } from "../support/poison.js";
import { expectPoisonFound } from "../support/poisoned-drain.js";

// One after the other: about two thousand statements each. test/soak/poison.test.ts does the same with every cause.
describe("many bad rows:", () => {
  const byCode = (code: string) => {
    const poison = POISONS.find((one) => one.code === code);
    if (poison === undefined) throw new Error(`no poison: ${code}`);
    return poison;
  };

  test("every other row of 1,000, against a trigger, left", async ({ queue, database, drain }) => {
    await expectPoisonFound(
      { queue, database, drain },
      {
        poison: byCode("sqlstate_P0001"),
        onReject: "leave",
        count: 1_000,
        isBad: (index) => index % 2 === 1,
      },
    );
  });

  // Fewer than the rejects in a row after which a run takes the target or the pipeline for broken.
  test("all of 900, against a unique constraint, quarantined", async ({ queue, database, drain }) => {
    const { report } = await expectPoisonFound(
      { queue, database, drain },
      { poison: byCode("sqlstate_23505"), onReject: "quarantine", count: 900, isBad: () => true },
    );
    // Each row alone at least, and pieces before it, in however many batches they came.
    expect(report.batches).toBeGreaterThan(900);
  });
});
