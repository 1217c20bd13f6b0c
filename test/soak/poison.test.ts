import { describe } from "vitest";
import { test } from "../support/bench.js";
import { POISONS } from "../support/poison.js";
import { expectPoisonFound } from "../support/poisoned-drain.js";

const SHARES = [
  { share: "one in 1,000", count: 1_000, isBad: (index: number) => index === 617 },
  { share: "500 in 1,000, scattered", count: 1_000, isBad: (index: number) => index % 2 === 0 },
  { share: "500 in 1,000, adjacent", count: 1_000, isBad: (index: number) => index >= 500 },
  // Fewer than the rejects in a row that stop a run.
  { share: "all of 900", count: 900, isBad: () => true },
] as const;

/** Every cause in every number and in both ways: some minutes. */
describe("poison", () => {
  const cases = POISONS.flatMap((poison) =>
    (["leave", "quarantine"] as const).flatMap((onReject) =>
      SHARES.map((share) => ({ ...share, poison, onReject, name: poison.name })),
    ),
  );
  test.for(cases)("$share: $name, $onReject", async (poisoned, { queue, database, drain }) => {
    await expectPoisonFound({ queue, database, drain }, poisoned);
  });
});
