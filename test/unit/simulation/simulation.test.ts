import { expect, test } from "vitest";
import { describe } from "../../simulation/describe.js";
import { generate } from "../../simulation/generate.js";
import { playSeed } from "../../simulation/play-seed.js";
import { OUTAGES } from "../../simulation/scenario.js";
import { addOutcome, emptySum } from "../../simulation/sum.js";

/** As many as take a few seconds; `npm run sim` plays as many as one likes. */
const SEEDS = 2_000;

test("whatever happens, nothing is lost, nothing is there twice, and each report is true", async () => {
  const sum = emptySum();
  for (let seed = 1; seed <= SEEDS; seed += 1) addOutcome(sum, seed, await playSeed(seed));
  expect(sum.failures.map(({ seed, broken }) => `${describe(generate(seed))}\n${broken.join("\n")}`)).toEqual(
    [],
  );

  // A scenario that does not happen proves nothing.
  const kinds = [
    ...["partialPage", "falseEmpty", "disorder", "redelivery", "failedEntry", "refusedEntry", "undeleted"],
    ...["unavailable", "lostAnswer", "deafPoll", "slow queue", "late answer of the queue"],
    ...["refused", "lostBefore", "lostAfter", "lostLate", "flake", "data error", "slow statement"],
    ...["late answer of the database", "taken by another consumer", "looks empty once"],
    ...["in-flight cap empty", "in-flight cap refused", "delivered again: lease ended"],
    ...["stale handle ignored", "stale handle refused", "stale handle honoured"],
    ...["stop", "second signal", "kill", "death"],
    ...OUTAGES,
  ];
  expect(kinds.filter((kind) => sum.faults[kind] === undefined)).toEqual([]);
}, 300_000);

test("a seed goes the same way every time, call by call", async () => {
  const play = async (seed: number): Promise<readonly string[]> => {
    const lines: string[] = [];
    await playSeed(seed, { trace: (line) => lines.push(line) });
    return lines;
  };
  for (const seed of [2, 20, 200]) {
    const first = await play(seed);
    expect(first.length).toBeGreaterThan(10);
    expect(await play(seed)).toEqual(first);
  }
  expect(await play(1)).not.toEqual(await play(2));
});
