import { type Command, Option } from "commander";
import { UsageError } from "../../errors.js";
import type { FlagProblems } from "./problems.js";

export function addKeygenFlags(command: Command, problems: FlagProblems): Command {
  return command
    .addOption(
      new Option("--pair", "a key pair for the mask sealed: the public key seals, the private one opens"),
    )
    .addOption(
      new Option("--kms <arn>", "a masking key that AWS KMS makes and wraps with this key of yours")
        .conflicts(["pair"])
        .argParser(problems.collect(kmsKeyId)),
    );
}

const ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]{1,256}$/;
const ALIAS = /^alias\/[\w/-]{1,250}$/;
const ID = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What is given here goes into AWS's log of calls, so anything else is not sent: it may be a key. */
function kmsKeyId(text: string): string {
  if ([ARN, ALIAS, ID].some((form) => form.test(text))) return text;
  throw new UsageError(
    "invalid_value",
    "--kms must be the ARN, the id or the alias (alias/...) of a KMS key",
  );
}
