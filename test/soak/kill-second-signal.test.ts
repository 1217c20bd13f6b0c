import { endAtOnce } from "../support/end-at-once.js";
import { STAGES, test } from "../support/stages.js";

test.for(STAGES)(
  "two signals end a drain at once while $name, and nothing is lost or loaded twice",
  async (stage, { proxies, queue, database, drain, startDrain }) => {
    await endAtOnce(stage, { proxies, queue, database, drain, startDrain });
  },
);
