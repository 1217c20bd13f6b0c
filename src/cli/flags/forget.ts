import { type Command, Option } from "commander";

export function addForgetFlags(command: Command): Command {
  return command
    .argument(
      "[values...]",
      "raw values or tokens; better on standard input, one a line: arguments are seen by others",
    )
    .addOption(
      new Option("--domain <name>", "only in this domain, in the place of all of the pipeline").conflicts(
        "as",
      ),
    )
    .option("--as <column>", "only in the domain of this column of the pipeline")
    .option("--dry-run", "say what would be forgotten, and change nothing");
}
