import type { Command, CommanderError } from "commander";
import { UsageError } from "../errors.js";

/** What can only be a name of ours that is spelt wrong: no value, and no password that was glued to a flag. */
const FLAG = /^--?[a-z]{1,20}(?:-[a-z]{1,20}){0,3}$/;
const COMMAND = /^[a-z]{1,20}(?:-[a-z]{1,20}){0,3}$/;

/**
 * Commander's words in one line, without what it repeats of the arguments: a word that is no name may be a secret, or a
 * value that is to be unmasked or forgotten.
 */
export function argumentsError(error: CommanderError, program: Command, argv: readonly string[]): UsageError {
  const message = error.message.replace(/^error: /, "");
  const meant = /\n\(Did you mean ([a-z-]+)\?\)$/.exec(message)?.[1];
  const said = (text: string, advice?: string): UsageError => {
    const remedy = meant === undefined ? (advice ?? "see sqs2pg --help") : `did you mean ${meant}?`;
    return new UsageError("arguments_invalid", `${text}: ${remedy}`, { cause: error });
  };
  const [word = ""] = (/'(.*)'/s.exec(message)?.[1] ?? "").split("=");

  if (error.code === "commander.unknownCommand") {
    return said(COMMAND.test(word) ? `unknown command '${word}'` : "unknown command");
  }
  if (error.code !== "commander.unknownOption") return said(message.replace(/\.$/, ""));
  if (meant === undefined && takesValues(program, argv)) {
    return said("unknown option", "put -- before the values, where one of them begins with a dash");
  }
  // `-phunter2` is how other programs take a password.
  const isName = FLAG.test(word) && (word.startsWith("--") || word.length === 2);
  return said(isName ? `unknown option '${word}'` : "unknown option");
}

function takesValues(program: Command, argv: readonly string[]): boolean {
  const name = argv.slice(2).find((word) => program.commands.some((command) => command.name() === word));
  return program.commands.some(
    (command) => command.name() === name && command.registeredArguments.length > 0,
  );
}
