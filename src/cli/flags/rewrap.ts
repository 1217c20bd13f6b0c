import type { Command } from "commander";
import { wholeNumberFlag } from "../../config/values.js";
import { LIMIT_BOUNDS } from "../../drain/limits.js";
import type { FlagProblems } from "./problems.js";
import { ROTATE_TEXT } from "./rotate.js";

export function addRewrapFlags(command: Command, problems: FlagProblems): Command {
  return command
    .option("--rotate", ROTATE_TEXT)
    .option("--dry-run", "open and count only: change nothing")
    .option(
      "--batch-size <n>",
      "rows in one statement, up to 10,000",
      problems.collect(wholeNumberFlag("--batch-size", LIMIT_BOUNDS.batchSize)),
      1_000,
    );
}
