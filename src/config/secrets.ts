import { quoted } from "../quoted.js";
import type { FilledText } from "./config-source.js";
import { pathText } from "./path-text.js";

/** Shorter ones are our own words as likely as not, and are looked for only in what is said of the map around them. */
const SHORTEST_ANYWHERE = 8;
const SHORTEST_NEAR = 2;
/** Messages say what is wanted by these. */
const SAID_ANYWAY = /^(?:true|false|null|\d{1,3})$/;
/** Secrets are found by how they begin: a file can have very many, and as many mistakes. */
const BEGINNING = 3;

/** What the environment holds, as messages may have it, and what the file calls it. */
export interface Secret {
  readonly shown: string;
  readonly name: string;
  /** `shown` as it is looked for. */
  readonly plain: string;
  readonly isQuoted: boolean;
}

/** Messages may have brought a text into its usual form, such as the name of a type. */
function plainText(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}

/** Answers which secrets of a file are in a message about a path, the longest first: a text may hold the next one's. */
export function createSecretFinder(
  filled: readonly FilledText[],
): (message: string, path: string) => readonly Secret[] {
  const near = new Map<string, Secret[]>();
  const anywhere = new Map<string, Map<string, Secret>>();
  for (const { keys, template, text, variables } of filled) {
    if (variables.length === 0) continue;
    const inMap = near.get(pathText(keys.slice(0, -1))) ?? [];
    near.set(pathText(keys.slice(0, -1)), inMap);
    const held = variables.map(({ name, value }) => ({ value, name: `\${${name}}` }));
    for (const secret of [{ value: text, name: template }, ...held].flatMap(formsOf)) {
      inMap.push(secret);
      if (!secret.isQuoted && secret.plain.length < SHORTEST_ANYWHERE) continue;
      const beginning = secret.plain.slice(0, BEGINNING);
      const alike = anywhere.get(beginning) ?? new Map<string, Secret>();
      anywhere.set(beginning, alike);
      if (!alike.has(secret.plain)) alike.set(secret.plain, secret);
    }
  }
  return (message, path) => {
    const said = plainText(message);
    const beginnings = new Set(Array.from(said, (_, index) => said.slice(index, index + BEGINNING)));
    const candidates = [
      ...pathsAround(path).flatMap((around) => near.get(around) ?? []),
      ...[...beginnings].flatMap((beginning) => [...(anywhere.get(beginning)?.values() ?? [])]),
    ];
    return candidates
      .filter(({ plain }) => said.includes(plain))
      .sort((one, other) => other.plain.length - one.plain.length);
  };
}

function formsOf({ value, name }: { readonly value: string; readonly name: string }): Secret[] {
  const inQuotes = {
    shown: quoted(value),
    name: quoted(name),
    plain: plainText(quoted(value)),
    isQuoted: true,
  };
  const plain = plainText(value);
  if (plain.length < SHORTEST_NEAR || SAID_ANYWAY.test(value)) return [inQuotes];
  return [inQuotes, { shown: value, name, plain, isQuoted: false }];
}

/** A path, and all that it is in: `a.b.c`, `a.b`, `a` and the file. */
function pathsAround(path: string): string[] {
  const cut = path.lastIndexOf(".");
  if (path === "") return [path];
  return [path, ...pathsAround(cut < 0 ? "" : path.slice(0, cut))];
}
