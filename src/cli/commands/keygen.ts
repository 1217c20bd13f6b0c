import { generateKey, parseKey } from "../../masking/index.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";

export type KeygenFlags = CommonFlags;

export const keygenCommand: Command<KeygenFlags> = async ({ flags, context }) => {
  const key = generateKey();
  const { id } = parseKey(key);
  writeResult({ key, id }, () => `${key}\n`, flags, context);
  return EXIT.done;
};
