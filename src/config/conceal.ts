import type { FilledText } from "./config-source.js";
import { pathText } from "./path-text.js";
import { quoted } from "./values.js";

/** Shorter ones are our own words as likely as not, and are looked for only in what is said of the map around them. */
const SHORTEST_ANYWHERE = 8;
const SHORTEST_NEAR = 2;
/** Messages say what is wanted by these. */
const SAID_ANYWAY = /^(?:true|false|null|\d{1,3})$/;

/**
 * Puts the names of variables in the place of what the environment holds, in a message about `path`: a value may be a
 * secret that was named by mistake, and whoever reads the file knows it by its name only.
 */
export function conceal(message: string, path: string, filled: readonly FilledText[]): string {
  const instead = new Map<string, string>();
  const patterns: string[] = [];
  const add = (pattern: string, value: string, name: string): void => {
    patterns.push(pattern);
    if (!instead.has(plain(value))) instead.set(plain(value), name);
  };
  for (const { value, name, isNear } of valuesIn(path, filled)) {
    add(escaped(quoted(value)), quoted(value), quoted(name));
    const isLong = plain(value).length >= (isNear ? SHORTEST_NEAR : SHORTEST_ANYWHERE);
    if (isLong && !SAID_ANYWAY.test(value)) add(bare(value), value, name);
  }
  if (patterns.length === 0) return message;
  return message.replace(
    new RegExp(patterns.join("|"), "giu"),
    (found) => instead.get(plain(found)) ?? "${...}",
  );
}

interface Secret {
  readonly value: string;
  /** As the file has it. */
  readonly name: string;
  readonly isNear: boolean;
}

/** Longest first: a text may hold the next one's. */
function valuesIn(path: string, filled: readonly FilledText[]): Secret[] {
  return filled
    .filter(({ variables }) => variables.length > 0)
    .flatMap(({ keys, template, text, variables }): Secret[] => {
      const around = pathText(keys.slice(0, -1));
      const isNear = around === "" || path === around || path.startsWith(`${around}.`);
      return [
        { value: text, name: template, isNear },
        ...variables.map(({ name, value }) => ({ value, name: `\${${name}}`, isNear })),
      ];
    })
    .sort((one, other) => other.value.length - one.value.length);
}

/** Messages may have brought a text into its usual form, such as the name of a type. */
function plain(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}

/** As it is, but not within a word. */
function bare(value: string): string {
  const characters = [...value.replace(/\s+/g, "")].map(escaped).join("\\s*");
  return `(?<![\\p{L}\\p{N}_])${characters}(?![\\p{L}\\p{N}_])`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
