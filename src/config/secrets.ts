import { quoted } from "../quoted.js";
import type { FilledText } from "./config-source.js";
import { pathText } from "./path-text.js";

/** Shorter ones are our own words as likely as not, and are looked for only in what is said of the map around them. */
const SHORTEST_ANYWHERE = 8;
const SHORTEST_NEAR = 2;
/** Messages say what is wanted by these. */
const SAID_ANYWAY = /^(?:true|false|null|\d{1,3})$/;
/** Secrets are found by how they begin: a file can have very many, and as many mistakes. */
const BEGINNING = SHORTEST_NEAR;

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

/** Secrets by their beginning, their length and themselves, so that looking for them does not take longer the more there are. */
type Index = Map<string, Map<number, Map<string, Secret>>>;

/** Answers which secrets of a file are in a message about a path, the longest first: a text may hold the next one's. */
export function createSecretFinder(
  filled: readonly FilledText[],
): (message: string, path: string) => readonly Secret[] {
  const near = new Map<string, Index>();
  const anywhere: Index = new Map();
  for (const { keys, template, text, variables } of filled) {
    if (variables.length === 0) continue;
    const around = pathText(keys.slice(0, -1));
    const inMap = near.get(around) ?? new Map();
    near.set(around, inMap);
    const held = variables.map(({ name, value }) => ({ value, name: `\${${name}}` }));
    for (const secret of [{ value: text, name: template }, ...held].flatMap(formsOf)) {
      put(secret, inMap);
      if (secret.isQuoted || secret.plain.length >= SHORTEST_ANYWHERE) put(secret, anywhere);
    }
  }
  return (message, path) => {
    const said = plainText(message);
    const indexes = [...pathsAround(path).flatMap((around) => near.get(around) ?? []), anywhere];
    const found = indexes.flatMap((index) => foundIn(said, index));
    return found.sort((one, other) => other.plain.length - one.plain.length);
  };
}

/** The first one of a text names it. */
function put(secret: Secret, index: Index): void {
  const { plain } = secret;
  const beginning = plain.slice(0, BEGINNING);
  const lengths = index.get(beginning) ?? new Map<number, Map<string, Secret>>();
  index.set(beginning, lengths);
  const alike = lengths.get(plain.length) ?? new Map<string, Secret>();
  lengths.set(plain.length, alike);
  if (!alike.has(plain)) alike.set(plain, secret);
}

function foundIn(said: string, index: Index): Secret[] {
  const found = new Set<Secret>();
  for (let at = 0; at < said.length; at += 1) {
    for (const [length, alike] of index.get(said.slice(at, at + BEGINNING)) ?? []) {
      const secret = length > said.length - at ? undefined : alike.get(said.slice(at, at + length));
      if (secret !== undefined) found.add(secret);
    }
  }
  return [...found];
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
