import { LOGIN_YAML } from "../../config/login-yaml.js";
import { UsageError } from "../../errors.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";

export interface InitFlags extends CommonFlags {
  readonly builtin?: boolean;
}

export const initCommand: Command<InitFlags> = async ({ flags, context }) => {
  if (flags.builtin !== true) {
    throw new UsageError("arguments_invalid", "init prints the built-in pipeline: say sqs2pg init --builtin");
  }
  writeResult({ yaml: LOGIN_YAML }, () => LOGIN_YAML, flags, context);
  return EXIT.done;
};
