import { type Command, Option } from "commander";
import { oneOfFlag } from "../../config/values.js";
import { LOG_LEVELS } from "../log.js";
import type { FlagProblems } from "./problems.js";

/** Which queue, table, database, key and mask. All commands that touch them take all, so that scripts can share them. */
export function addSettingFlags(command: Command): Command {
  return command
    .option("--queue <queue>", "name, URL or ARN (env: SQS2PG_QUEUE; default: login-queue)")
    .option("--database <url>", "postgres://user@host/database (env: DATABASE_URL, or PGHOST and so on)")
    .option("--database-auth <how>", "password, or iam for a token of Amazon RDS (env: SQS2PG_DATABASE_AUTH)")
    .option("--config <file>", "pipeline file (default: sqs2pg.yaml here, else the login pipeline)")
    .option("--pipeline <name>", "one of several pipelines of the file (env: SQS2PG_PIPELINE)")
    .option(
      "--key <source>",
      "masking keys: env:NAME, file:PATH, cmd:COMMAND or aws-kms:PATH (env: SQS2PG_MASK_KEY)",
    )
    .option("--mask <name>", "use this mask for every masked column, such as sha256");
}

/** What is printed, and how. */
export function addOutputFlags(command: Command, problems: FlagProblems): Command {
  return command
    .option("--json", "print the result as one JSON document")
    .option("--quiet", "no progress")
    .addOption(
      new Option("--log-level <level>", `what goes to standard error: ${LOG_LEVELS.join(", ")}`)
        .default("warn", "warn")
        .argParser(problems.collect(oneOfFlag("--log-level", LOG_LEVELS))),
    )
    .option("--no-color", "no colours (env: NO_COLOR)");
}
