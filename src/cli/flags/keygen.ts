import { type Command, Option } from "commander";

export function addKeygenFlags(command: Command): Command {
  return command
    .option("--pair", "a key pair for the mask sealed: one half seals, only the other one opens")
    .addOption(
      new Option("--kms <arn>", "a masking key made and wrapped by this AWS KMS key").conflicts(["pair"]),
    );
}
