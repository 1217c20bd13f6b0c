import type { FilledText } from "./config-source.js";
import { identifierProblem } from "./identifier.js";
import { pathText } from "./path-text.js";
import type { Note } from "./reading.js";

const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_$]*$/u;

/**
 * Settings that reports, logs and errors show as they are (`key` names columns, which take no variables);
 * what a variable may make of them, if that is no free text.
 */
const SHOWN: Readonly<Record<string, ((text: string) => boolean) | undefined>> = {
  table: (text) => text.split(".").every(isIdentifier),
  schema: isIdentifier,
  companion: isIdentifier,
  // A name, a URL that holds no credentials, an ARN.
  queue: (text) =>
    /^(?:[\w-]+(?:\.fifo)?|https?:\/\/[\w.:-]+(?:\/[\w.-]+)+|arn:[\w-]+:sqs:[\w-]*:\d*:[\w.-]+)$/.test(
      text.trim(),
    ),
  s3_buckets: (text) => /^[a-z0-9][a-z0-9.-]*$/.test(text),
  from: undefined,
  records: undefined,
  domain: undefined,
  key_id: undefined,
};

/** How names of variables end that hold a secret. */
const SECRET =
  /(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|CREDENTIALS?|(?:PRIVATE|API|ACCESS|MASK)_?KEY|DATABASE_URL)(?:_?\d+)?$/i;

/**
 * Notes variables that stand where their values would be shown later, and may be secrets: by their own names, or by
 * values that are no plain names. What they hold is not said.
 */
export function noteShownVariables(filled: readonly FilledText[], note: Note): void {
  for (const { keys, text, variables } of filled) {
    const setting = settingOf(keys);
    if (setting === undefined || variables.length === 0 || !Object.hasOwn(SHOWN, setting)) continue;
    const secret = variables.find(({ name }) => SECRET.test(name));
    if (secret !== undefined) {
      note(
        pathText(keys),
        `is shown in reports and errors, and the variable ${secret.name} is called like a secret: use one of another name`,
      );
    } else if (SHOWN[setting]?.(text) === false) {
      const names = [...new Set(variables.map(({ name }) => name))].join(" and ");
      note(
        pathText(keys),
        `is no plain name with what ${names} holds, which is not shown here: a name with other characters has to stand in the file itself`,
      );
    }
  }
}

/** The setting that a path leads to; undefined inside of data, which `values`, `match` and `default` hold. */
function settingOf(keys: FilledText["keys"]): string | undefined {
  const [first, , third, fourth] = keys[0] === "pipelines" ? keys.slice(2) : keys;
  if (first !== "columns") return typeof first === "string" ? first : undefined;

  const setting = third === "mask" ? fourth : third;
  return typeof setting === "string" ? setting : undefined;
}

function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && identifierProblem(text) === undefined;
}
