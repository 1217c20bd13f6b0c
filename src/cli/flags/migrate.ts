import { type Command, Option } from "commander";

export function addMigrateFlags(command: Command): Command {
  return command
    .option("--migrations <dir>", "your own migrations (default: migrations beside the pipeline file)")
    .option("--no-migrations", "only those of sqs2pg")
    .addOption(
      new Option("--status", "show what is applied and what is pending").conflicts(["rollback", "printSql"]),
    )
    .addOption(
      new Option("--rollback", "undo what was applied together last").conflicts(["status", "printSql"]),
    )
    .addOption(
      new Option("--print-sql", "print the SQL instead of running it").conflicts(["status", "rollback"]),
    );
}
