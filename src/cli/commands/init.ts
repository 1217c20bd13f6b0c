import { LOGIN_YAML } from "../../config/login-yaml.js";
import type { Command } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";
import type { ProposeFlags } from "../propose-pipeline.js";

export interface InitFlags extends ProposeFlags {
  /** Prints the built-in pipeline, and looks at no queue. */
  readonly builtin?: boolean;
}

export const initCommand: Command<InitFlags> = async (input) => {
  const { flags, context } = input;
  if (flags.builtin === true) {
    writeResult({ yaml: LOGIN_YAML }, () => LOGIN_YAML, flags, context);
    return EXIT.done;
  }
  const { proposePipeline } = await import("../propose-pipeline.js");
  return proposePipeline(input);
};
