import { UsageError } from "../errors.js";
import { type Keyring, NO_KEYS, parseKeys } from "../masking/index.js";
import { keyLines } from "../masking/key-text.js";
import { unlessStopped } from "../unless-stopped.js";
import { INTERRUPTED, runKeyCommand } from "./keys/command.js";
import { readKeyFile } from "./keys/private-file.js";
import { unwrapLines } from "./keys/unwrap-lines.js";
import { isWrapped } from "./keys/wrapped.js";

export type Environment = Readonly<Record<string, string | undefined>>;

interface KeyOptions {
  /** `--key`: `env:NAME`, `file:PATH`, `cmd:COMMAND` or `aws-kms:PATH`. */
  readonly keyFlag?: string | undefined;
  readonly env: Environment;
  /** Aborted: neither a command nor KMS is waited for. */
  readonly stop?: AbortSignal | undefined;
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
 * never shows what they hold; from KMS, KeyError; and `InterruptedError`.
 */
export function readKeys(options: KeyOptions): Promise<Keyring> {
  const reading = read(options);
  return options.stop === undefined ? reading : unlessStopped(reading, options.stop, INTERRUPTED);
}

async function read({ keyFlag, env, stop }: KeyOptions): Promise<Keyring> {
  if (keyFlag === undefined && env[DEFAULT_VARIABLE] === undefined) return NO_KEYS;
  const { text, source } =
    keyFlag === undefined ? fromVariable(DEFAULT_VARIABLE, env) : await fromFlag(keyFlag, env, stop);
  try {
    return parseKeys(await unwrapLines(text, stop));
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(error.code, `${source}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function fromFlag(flag: string, env: Environment, stop: AbortSignal | undefined): Promise<KeyText> {
  if (flag.startsWith("file:")) return fromFile("file:", flag);
  if (flag.startsWith("aws-kms:")) return fromWrappedFile("aws-kms:", flag);
  if (flag.startsWith("cmd:")) {
    const command = flag.slice("cmd:".length);
    if (command.trim() === "" || /sqs2pg-(?:key|private)-/.test(command)) {
      throw new UsageError("key_source_invalid", "--key cmd:COMMAND needs a command that prints the keys");
    }
    return { text: await runKeyCommand(command, { stop }), source: "--key cmd" };
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

function fromFile(scheme: string, flag: string): KeyText {
  const path = pathIn(scheme, flag);
  return { text: readKeyFile(path, { isSecret: true }), source: path };
}

/** What KMS has wrapped is no secret, and neither is a public key: anybody may read that file. */
function fromWrappedFile(scheme: string, flag: string): KeyText {
  const path = pathIn(scheme, flag);
  const text = readKeyFile(path, { isSecret: false });
  const secret = keyLines(text).find((line) => !isWrapped(line.text) && !isPublic(line.text));
  if (secret === undefined) return { text, source: path };
  throw new UsageError(
    "key_malformed",
    `${path}: line ${secret.number} is no wrapped key, as \`sqs2pg keygen --kms\` prints it: others may read this file, so give other keys by file:PATH`,
  );
}

function isPublic(line: string): boolean {
  return line.startsWith("sqs2pg-public-");
}

function pathIn(scheme: string, flag: string): string {
  const path = flag.slice(scheme.length);
  if (path !== "" && !/sqs2pg-(?:key|private|public|kms)-/.test(path)) return path;
  throw new UsageError(
    "key_source_invalid",
    `--key ${scheme}PATH needs the path of a file that holds the key`,
  );
}
