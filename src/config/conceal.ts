import type { FilledText } from "./config-source.js";
import { createSecretFinder, type Secret } from "./secrets.js";

/**
 * Puts the names of variables in the place of what the environment holds, in messages about paths: a value may be a
 * secret that was named by mistake, and whoever reads the file knows it by its name only.
 */
export function createConceal(filled: readonly FilledText[]): (message: string, path: string) => string {
  const secretsIn = createSecretFinder(filled);
  return (message, path) => {
    const secrets = secretsIn(message, path);
    const marked = secrets.reduce((said, secret, index) => {
      const mark = `${MARK}${index}${MARK}`;
      return said.replace(patternOf(secret), (found: string, offset: number) =>
        secret.isQuoted || isApart(said, offset, offset + found.length) ? mark : found,
      );
    }, message);
    return marked.replace(MARKED, (_mark, index: string) => secrets[Number(index)]?.name ?? "");
  };
}

/** Holds the place of a name, in which the next secret might be found. */
const MARK = "\uE000";
const MARKED = /\uE000(\d+)\uE000/g;

/** With spaces wherever messages may have put some, or left some out. */
function patternOf({ shown }: Secret): RegExp {
  return new RegExp([...shown.replace(/\s+/g, "")].map(escaped).join("\\s*"), "gi");
}

/** Not within a word. */
function isApart(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}_]$/u.test(text.slice(0, start)) && !/^[\p{L}\p{N}_]/u.test(text.slice(end));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
