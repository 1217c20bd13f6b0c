import { type Command, Option } from "commander";
import { wholeNumberFlag } from "../../config/values.js";
import { UsageError } from "../../errors.js";
import type { FlagProblems } from "./problems.js";

export function addUnmaskFlags(command: Command, problems: FlagProblems): Command {
  return command
    .argument("[values...]", "masked values; from standard input, one a line, where none is given")
    .option("--as <column>", "the pipeline's column that the values are from; else each value says its mask")
    .addOption(
      new Option(
        "--column <name>",
        "read CSV from standard input, and write it with this column in the clear; can be repeated",
      )
        .conflicts(["where", "limit", "json"])
        .argParser((name: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), name]),
    )
    .addOption(
      new Option(
        "--where <sql>",
        "print the rows of the pipeline's table that this condition holds of, as CSV or with --json",
      ).conflicts(["column", "as"]),
    )
    .option(
      "--limit <n>",
      "with --where: at most n rows",
      problems.collect(wholeNumberFlag("--limit", { min: 1 })),
    );
}

interface UnmaskArguments {
  readonly values: readonly string[];
  readonly column?: readonly string[];
  readonly where?: string;
  readonly limit?: number;
}

/** Throws UsageError `arguments_invalid` for what does not go together. */
export function checkUnmaskArguments({ values, column, where, limit }: UnmaskArguments): void {
  if (values.length > 0 && column !== undefined) {
    throw new UsageError("arguments_invalid", "--column reads CSV from standard input: leave out the values");
  }
  if (values.length > 0 && where !== undefined) {
    throw new UsageError("arguments_invalid", "--where reads the table: leave out the values");
  }
  if (limit !== undefined && where === undefined) {
    throw new UsageError("arguments_invalid", "--limit is for the rows of --where");
  }
  if (where?.trim() === "") {
    throw new UsageError(
      "arguments_invalid",
      "--where needs a condition, such as \"create_date = '2026-01-31'\"",
    );
  }
}
