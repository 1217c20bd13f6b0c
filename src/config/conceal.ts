import type { FilledText } from "./config-source.js";
import { pathText } from "./path-text.js";
import { quoted } from "./values.js";

/** Shorter ones are our own words as likely as not, and are looked for only in what is said of the map around them. */
const SHORTEST_ANYWHERE = 8;
const SHORTEST_NEAR = 2;
/** Messages say what is wanted by these. */
const SAID_ANYWAY = /^(?:true|false|null|\d{1,3})$/;

/** What the environment holds, and what the file calls it. */
interface Secret {
  readonly value: string;
  readonly name: string;
  /** The path of the map around the text that it is in. */
  readonly around: string;
  /** As it is looked for: as it is, and as messages quote it. */
  readonly plain: string;
  readonly plainQuoted: string;
}

/**
 * Puts the names of variables in the place of what the environment holds, in messages about paths: a value may be a
 * secret that was named by mistake, and whoever reads the file knows it by its name only.
 */
export function createConceal(filled: readonly FilledText[]): (message: string, path: string) => string {
  const secrets = secretsIn(filled);
  return (message, path) => {
    const said = plainText(message);
    const instead = new Map<string, string>();
    const patterns: string[] = [];
    const add = (pattern: string, key: string, name: string): void => {
      patterns.push(pattern);
      if (!instead.has(key)) instead.set(key, name);
    };
    for (const { value, name, around, plain, plainQuoted } of secrets) {
      if (said.includes(plainQuoted)) add(anySpaces(quoted(value)), plainQuoted, quoted(name));
      const isNear = around === "" || path === around || path.startsWith(`${around}.`);
      const isLong = plain.length >= (isNear ? SHORTEST_NEAR : SHORTEST_ANYWHERE);
      if (isLong && said.includes(plain) && !SAID_ANYWAY.test(value)) add(asWord(value), plain, name);
    }
    if (patterns.length === 0) return message;
    const pattern = new RegExp(patterns.join("|"), "giu");
    return message.replace(pattern, (found) => instead.get(plainText(found)) ?? "${...}");
  };
}

/** Longest first: a text may hold the next one's. */
function secretsIn(filled: readonly FilledText[]): Secret[] {
  return filled
    .filter(({ variables }) => variables.length > 0)
    .flatMap(({ keys, template, text, variables }) => [
      { value: text, name: template, around: pathText(keys.slice(0, -1)) },
      ...variables.map(({ name, value }) => ({
        ...{ value, name: `\${${name}}`, around: pathText(keys.slice(0, -1)) },
      })),
    ])
    .map((secret) => ({
      ...secret,
      plain: plainText(secret.value),
      plainQuoted: plainText(quoted(secret.value)),
    }))
    .sort((one, other) => other.value.length - one.value.length);
}

/** Messages may have brought a text into its usual form, such as the name of a type. */
function plainText(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}

/** As it is, but not within a word. */
function asWord(value: string): string {
  return `(?<![\\p{L}\\p{N}_])${anySpaces(value)}(?![\\p{L}\\p{N}_])`;
}

function anySpaces(text: string): string {
  return [...text.replace(/\s+/g, "")].map(escaped).join("\\s*");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
