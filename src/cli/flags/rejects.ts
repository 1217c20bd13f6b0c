import type { Command } from "commander";
import { wholeNumberFlag } from "../../config/values.js";
import { DEFAULT_LIMITS, LIMIT_BOUNDS } from "../../drain/limits.js";
import type { FlagProblems } from "./problems.js";
import { ROTATE_TEXT } from "./rotate.js";

export function addRejectsFlags(command: Command): Command {
  return addCodeFlag(command).option("--all-queues", "of every queue, and not only of the pipeline's");
}

export function addReplayFlags(command: Command, problems: FlagProblems): Command {
  return addCodeFlag(command)
    .option(
      "--max <n>",
      "replay at most n rejects",
      problems.collect(wholeNumberFlag("--max", LIMIT_BOUNDS.max)),
    )
    .option(
      "--batch-size <n>",
      "rows in one statement, up to 10,000",
      problems.collect(wholeNumberFlag("--batch-size", LIMIT_BOUNDS.batchSize)),
      DEFAULT_LIMITS.batchSize,
    )
    .option(
      "--dry-run",
      "open, transform and report only: load nothing, change nothing, do not ask the table",
    )
    .option("--rotate", ROTATE_TEXT)
    .option(
      "--max-rejects <n>",
      "exit with 3 when more of them do not fit; 1,000 refused in a row (or n, if that is more) end it",
      problems.collect(wholeNumberFlag("--max-rejects", { min: 0 })),
      0,
    );
}

function addCodeFlag(command: Command): Command {
  return command.option(
    "--code <code>",
    "only rejects with this code, such as missing or sqlstate_23514",
    rejectCode,
  );
}

/** A bare SQLSTATE is meant as the code that rejects have for it. */
function rejectCode(text: string): string {
  const [, sqlState] = /^(?:sqlstate_)?((?=.*\d)[0-9a-z]{5})$/i.exec(text) ?? [];
  return sqlState === undefined ? text : `sqlstate_${sqlState.toUpperCase()}`;
}
