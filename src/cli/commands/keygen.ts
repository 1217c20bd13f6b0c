import { UsageError } from "../../errors.js";
import { generateKey, generateKeyPair, parseKey, parseKeys } from "../../masking/index.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";

export interface KeygenFlags extends CommonFlags {
  readonly pair?: boolean;
  /** The KMS key's ARN, id or alias. */
  readonly kms?: string;
}

export const keygenCommand: Command<KeygenFlags> = async ({ flags, context }) => {
  if (flags.kms !== undefined) {
    if (flags.kms.trim() === "") throw new UsageError("invalid_value", "--kms needs the ARN of a KMS key");
    const { generateWrappedKey } = await import("../../config/keys/kms.js");
    const wrapped = await generateWrappedKey(flags.kms);
    writeResult({ wrapped_key: wrapped, kms_key: flags.kms }, () => `${wrapped}\n`, flags, context);
  } else if (flags.pair === true) {
    const { privateKey, publicKey } = await generateKeyPair();
    const [{ id } = { id: "" }] = parseKeys(publicKey).publicKeys;
    const text = [
      `# key pair ${id}; private: who has it reads what is sealed, so keep it away from the machines that drain`,
      privateKey,
      "# public: all that those machines need",
      publicKey,
    ];
    const document = { private_key: privateKey, public_key: publicKey, id };
    writeResult(document, () => `${text.join("\n")}\n`, flags, context);
  } else {
    const key = generateKey();
    const { id } = parseKey(key);
    writeResult({ key, id }, () => `${key}\n`, flags, context);
  }
  return EXIT.done;
};
