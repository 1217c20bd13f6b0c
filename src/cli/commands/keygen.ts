import { generateKey, generateKeyPair, parseKey, parseKeys } from "../../masking/index.js";
import { unlessStopped } from "../../unless-stopped.js";
import type { Command, CommonFlags, Context } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";

export interface KeygenFlags extends CommonFlags {
  readonly pair?: boolean;
  /** The KMS key's ARN, id or alias. */
  readonly kms?: string;
}

/** What is printed: as one JSON document, and as lines, of which those without a `#` are for a file of keys. */
interface NewKey {
  readonly document: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

export const keygenCommand: Command<KeygenFlags> = async ({ flags, context }) => {
  const { document, lines } = await newKey(flags, context);
  writeResult(document, () => `${lines.join("\n")}\n`, flags, context);
  return EXIT.done;
};

async function newKey({ kms, pair }: KeygenFlags, { signals }: Context): Promise<NewKey> {
  if (kms !== undefined) return unlessStopped(wrappedKey(kms, signals.stop), signals.stop, INTERRUPTED);
  if (pair === true) return keyPair();
  const key = generateKey();
  return { document: { key, id: parseKey(key).id }, lines: [key] };
}

const INTERRUPTED = "interrupted: no key was printed";

async function wrappedKey(keyId: string, stop: AbortSignal): Promise<NewKey> {
  const { openKms } = await import("../../config/keys/kms.js");
  // An ARN says where its key is, as a queue's does.
  const kms = await openKms({ region: /^arn:[\w-]+:kms:([\w-]+):/.exec(keyId)?.[1], stop });
  try {
    const { line, keyArn } = await kms.generate(keyId);
    return { document: { wrapped_key: line, kms_key: keyArn }, lines: [line] };
  } finally {
    kms.close();
  }
}

async function keyPair(): Promise<NewKey> {
  const { privateKey, publicKey } = await generateKeyPair();
  const [{ id } = { id: "" }] = parseKeys(publicKey).publicKeys;
  return {
    document: { private_key: privateKey, public_key: publicKey, id },
    lines: [
      "# private: keep it away from the machines that drain",
      privateKey,
      "# public: for the machine that drains",
      publicKey,
    ],
  };
}
