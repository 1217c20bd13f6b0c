/** A key, wherever it was typed. */
const KEY = /(sqs2pg-(?:key|private)-\d+:)[\w-]{6,}/g;
/** The password of a URL, before its host or among its parameters. */
const PASSWORD = /(:\/\/[^\s:/@]*:)\S*@/g;
const PARAMETER = /([?&](?:ssl)?password=)[^&\s']*/gi;

/** Takes secrets out of a text that repeats what a user has typed in the wrong place. */
export function redact(text: string): string {
  return text.replace(KEY, "$1...").replace(PASSWORD, "$1...@").replace(PARAMETER, "$1...");
}
