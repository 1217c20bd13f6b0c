import type { Command } from "commander";

export function addInitFlags(command: Command): Command {
  return command.option("--builtin", "print the built-in login pipeline as a config file");
}
