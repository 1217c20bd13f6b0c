import { UsageError } from "../errors.js";
import { type Keyring, NO_KEYS, parseKeys } from "../masking/index.js";
import { keyLines } from "../masking/key-text.js";
import { runKeyCommand } from "./keys/command.js";
import { isWrapped, unwrapKey } from "./keys/kms.js";
import { readKeyFile } from "./keys/private-file.js";

export type Environment = Readonly<Record<string, string | undefined>>;

interface KeyOptions {
  /** `--key`: `env:NAME`, `file:PATH`, `cmd:COMMAND` or `aws-kms:PATH`. */
  readonly keyFlag?: string | undefined;
  readonly env: Environment;
}

const DEFAULT_VARIABLE = "SQS2PG_MASK_KEY";

/** The text that holds the keys, and what an error calls the place that it comes from. */
interface KeyText {
  readonly text: string;
  readonly source: string;
}

/**
 * The keys: where `--key` says, else in SQS2PG_MASK_KEY; none if neither is given. One a line, the first is primary.
 * Lines that AWS KMS has wrapped are unwrapped here, once. Throws UsageError, which names the source and the line and
 * never shows what they hold, and, from KMS, an error of kind `unavailable` or `failed`.
 */
export async function readKeys({ keyFlag, env }: KeyOptions): Promise<Keyring> {
  if (keyFlag === undefined && env[DEFAULT_VARIABLE] === undefined) return NO_KEYS;
  const { text, source } =
    keyFlag === undefined ? fromVariable(DEFAULT_VARIABLE, env) : await fromFlag(keyFlag, env);
  try {
    return parseKeys(await unwrapped(text));
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(error.code, `${source}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function fromFlag(flag: string, env: Environment): Promise<KeyText> {
  if (flag.startsWith("file:")) return fromFile("file:", flag, true);
  if (flag.startsWith("aws-kms:")) return fromFile("aws-kms:", flag, false);
  if (flag.startsWith("cmd:")) {
    const command = flag.slice("cmd:".length);
    if (command.trim() === "" || /sqs2pg-(?:key|private)-/.test(command)) {
      throw new UsageError("key_source_invalid", "--key cmd:COMMAND needs a command that prints the keys");
    }
    return { text: await runKeyCommand(command), source: "--key cmd" };
  }
  // A longer word, or one of other characters, may be the key itself: it is not repeated.
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]{0,39})$/.exec(flag)?.[1];
  if (variable !== undefined) return fromVariable(variable, env);
  if (flag.startsWith("env:")) {
    throw new UsageError("key_source_invalid", "--key env:NAME needs the name of an environment variable");
  }
  throw new UsageError(
    "key_on_command_line",
    "--key takes env:NAME, file:PATH, cmd:COMMAND or aws-kms:PATH: a key on the command line is visible to every user of the machine",
  );
}

function fromVariable(name: string, env: Environment): KeyText {
  const text = env[name];
  if (text === undefined)
    throw new UsageError("key_missing", `--key: the environment variable ${name} is not set`);
  if (text.trim() === "") {
    throw new UsageError(
      "key_empty",
      `the environment variable ${name} is empty: set it to a key, or unset it`,
    );
  }
  return { text, source: name };
}

/** What KMS has wrapped is no secret, so anybody may read that file. */
function fromFile(scheme: string, flag: string, isSecret: boolean): KeyText {
  const path = flag.slice(scheme.length);
  if (path === "" || /sqs2pg-(?:key|private|public|kms)-/.test(path)) {
    throw new UsageError(
      "key_source_invalid",
      `--key ${scheme}PATH needs the path of a file that holds the key`,
    );
  }
  const text = readKeyFile(path, { isSecret });
  if (isSecret) return { text, source: path };
  const bare = keyLines(text).find((line) => !isWrapped(line.text));
  if (bare !== undefined) {
    throw new UsageError(
      "key_malformed",
      `${path}: line ${bare.number} is no wrapped key, which is all that aws-kms: takes: see file: for others`,
    );
  }
  return { text, source: path };
}

/** The same lines with the wrapped ones opened, each in its place. */
async function unwrapped(text: string): Promise<string> {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { number, text: line } of keyLines(text)) {
    if (!isWrapped(line)) continue;
    try {
      lines[number - 1] = await unwrapKey(line);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(error.code, `line ${number}: ${error.message}`, { cause: error });
    }
  }
  return lines.join("\n");
}
