import type { Command } from "commander";
import { wholeNumberFlag } from "../../config/values.js";
import type { FlagProblems } from "./problems.js";

/** Every message that is looked at is held until the end. */
const MOST_SAMPLED = 1_000;

export function addProposeFlags(command: Command, problems: FlagProblems): Command {
  const max = problems.collect(wholeNumberFlag("--max", { min: 1, max: MOST_SAMPLED }));
  return command
    .option("--queue <queue>", "name, URL or ARN (env: SQS2PG_QUEUE)")
    .option("--table <table>", "table to propose, name or schema.name (default: after the queue)")
    .option("--max <n>", "messages to look at, up to 1,000", max, 100)
    .option(
      "--database <url>",
      "look whether the table is there already (env: DATABASE_URL, or PGHOST and so on)",
    )
    .option("--database-auth <how>", "password, or iam for a token of Amazon RDS (env: SQS2PG_DATABASE_AUTH)")
    .option("--out <file>", "pipeline file to write", "sqs2pg.yaml")
    .option(
      "--migrations <dir>",
      "directory for the migration (default: migrations beside the pipeline file)",
    )
    .option("--yes", "write without asking")
    .option("--force", "write over files that are there");
}
