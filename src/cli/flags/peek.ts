import type { Command } from "commander";
import { wholeNumberFlag } from "../../config/values.js";
import type { FlagProblems } from "./problems.js";

/** Every message shown is held until the end. */
const MOST_SHOWN = 1_000;

export function addPeekFlags(command: Command, problems: FlagProblems): Command {
  const max = problems.collect(wholeNumberFlag("--max", { min: 1, max: MOST_SHOWN }));
  return command
    .option("--max <n>", "messages to show, up to 1,000", max, 10)
    .option("--raw", "show the bodies as they are, personal data included; needs no key");
}
