import { type Command, Option } from "commander";
import { type Bounds, durationFlag, oneOfFlag, wholeNumberFlag } from "../../config/values.js";
import { DEFAULT_LIMITS, DRY_RUN_MAX, LIMIT_BOUNDS, MOST_PROCESSES } from "../../drain/limits.js";
import { formatCount } from "../../format-count.js";
import type { FlagProblems } from "./problems.js";
import { ROTATE_TEXT } from "./rotate.js";

export function addDrainFlags(command: Command, problems: FlagProblems): Command {
  const number = (flag: string, bounds: Bounds): ((text: string) => number | undefined) =>
    problems.collect(wholeNumberFlag(flag, bounds));
  return command
    .option("--max <n>", "receive at most n messages", number("--max", LIMIT_BOUNDS.max))
    .option(
      "--max-duration <time>",
      "stop cleanly after this long, such as 90s, 10m or 1h30m",
      problems.collect(durationFlag("--max-duration", LIMIT_BOUNDS.maxDurationMs)),
    )
    .option(
      "--batch-size <n>",
      "rows in one statement, up to 10,000",
      number("--batch-size", LIMIT_BOUNDS.batchSize),
      DEFAULT_LIMITS.batchSize,
    )
    .option(
      "--concurrency <n>",
      "receive calls at once, up to 256",
      number("--concurrency", LIMIT_BOUNDS.concurrency),
      DEFAULT_LIMITS.concurrency,
    )
    .option(
      "--wait <seconds>",
      "wait of one long poll, 1 to 20",
      number("--wait", LIMIT_BOUNDS.waitSeconds),
      DEFAULT_LIMITS.waitSeconds,
    )
    .option(
      "--visibility <seconds>",
      "lease of a message, 2 to 43,200; renewed at half of it",
      number("--visibility", LIMIT_BOUNDS.visibilitySeconds),
      DEFAULT_LIMITS.visibilitySeconds,
    )
    .option(
      "--processes <n>",
      `processes that drain side by side, up to ${MOST_PROCESSES}: one a core where there are several`,
      number("--processes", { min: 1, max: MOST_PROCESSES }),
      1,
    )
    .addOption(
      new Option(
        "--dry-run",
        `transform and report only: load nothing, delete nothing, give all back (${formatCount(DRY_RUN_MAX)} messages unless --max is given)`,
      ).conflicts(["onReject"]),
    )
    .addOption(
      new Option(
        "--on-reject <what>",
        "leave: stays on the queue (default); quarantine: stored sealed with the key, then deleted",
      ).argParser(problems.collect(oneOfFlag("--on-reject", ["leave", "quarantine"]))),
    )
    .option("--rotate", ROTATE_TEXT)
    .option("--sdk-only", "all requests through the AWS SDK's client: slower, for comparison")
    .option(
      "--max-rejects <n>",
      "exit with 3 when there are more rejects; 1,000 in a row (or n, if that is more) end the run",
      number("--max-rejects", { min: 0 }),
      0,
    );
}
