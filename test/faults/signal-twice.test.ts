import { describe } from "vitest";
import { endAtOnce } from "../support/end-at-once.js";
import { STAGES, test } from "../support/stages.js";

/** The others are in test/soak. */
const CHOSEN = new Set(["messages are on their way to it", "a load has committed", "a delete is on its way"]);

describe.concurrent("two signals end a drain at once, and nothing is lost or loaded twice", () => {
  test.for(STAGES.filter(({ name }) => CHOSEN.has(name)))(
    "while $name",
    async (stage, { proxies, queue, database, drain, startDrain }) => {
      await endAtOnce(stage, { proxies, queue, database, drain, startDrain });
    },
  );
});
