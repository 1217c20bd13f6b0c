import type { Command } from "commander";
import { durationFlag } from "../../config/values.js";
import { DEFAULT_TIMEOUT_MS } from "../../doctor/limits.js";
import type { FlagProblems } from "./problems.js";

export function addDoctorFlags(command: Command, problems: FlagProblems): Command {
  return command
    .option(
      "--receive",
      "really receive one message and give it back at once: proves sqs:ReceiveMessage and kms:Decrypt, and its receive count goes up by one",
    )
    .option("--strict", "exit with 1 for warnings too")
    .option(
      "--timeout <time>",
      `for each check, such as 5s (default: ${DEFAULT_TIMEOUT_MS / 1_000}s)`,
      problems.collect(durationFlag("--timeout", { min: 100, max: 600_000 })),
    );
}
