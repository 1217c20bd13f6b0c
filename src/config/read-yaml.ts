import { type Document, LineCounter, parseDocument, type YAMLError } from "yaml";
import { ConfigError, type ConfigProblem } from "../errors.js";
import type { ConfigSource } from "./config-source.js";
import type { Environment } from "./key-source.js";
import { createLocate } from "./locate.js";
import { walkDocument } from "./walk-document.js";

interface YamlOptions {
  /** The name of the file. */
  readonly source: string;
  readonly env: Environment;
}

/** How the YAML parser ends its messages. */
const POSITION = /(?: at line \d+, column \d+)?:?$/;

/** Reads YAML or JSON, with the variables of the environment put in. Throws ConfigError for a text that is neither. */
export function readYaml(text: string, { source, env }: YamlOptions): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: false, lineCounter: lines });
  const faults = [...document.errors, ...document.warnings];
  const placed = (message: string, offset: number): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { path: "", message, place: { file: source, line, column: col } };
  };
  if (faults.length > 0) {
    throw new ConfigError(source, faultsOf(faults, text, placed), { cause: faults[0] });
  }
  if (document.contents === null) throw new ConfigError(source, [{ path: "", message: "the file is empty" }]);

  const locate = createLocate(document, lines, source);
  const { unusable, mistakes, filled } = walkDocument(document, lines, env);
  if (unusable.length > 0) {
    throw new ConfigError(
      source,
      unusable.map(({ message, offset }) => placed(message, offset)),
    );
  }
  const problems = mistakes.map(({ path, message, offset }) => ({ ...placed(message, offset), path }));
  return { raw: toRaw(document, source), source, problems, locate, filled };
}

function toRaw(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError(source, [{ path: "", message: "an alias in it cannot be resolved" }], {
      cause: error,
    });
  }
}

/** An unquoted `${` opens a map inside `{ }` and `[ ]`, as `[` does a list: what the parser says of the rest of it means nothing. */
function faultsOf(
  faults: readonly YAMLError[],
  text: string,
  placed: (message: string, offset: number) => ConfigProblem,
): ConfigProblem[] {
  const isVariable = ({ pos: [offset] }: YAMLError): boolean => text.startsWith("${", offset - 1);
  const meant = faults.filter(isVariable);
  if (meant.length > 0) {
    return meant.map(({ pos: [offset] }) =>
      placed('inside { } and [ ], write "${...}" in quotes', offset - 1),
    );
  }
  const brackets = faults.filter(({ pos: [offset] }) =>
    /^[^\s{[,:]\[/.test(text.slice(offset - 1, offset + 1)),
  );
  if (brackets.length > 0) {
    return brackets.map(({ pos: [offset] }) =>
      placed("inside { } and [ ], write a text that holds [ ] in quotes", offset),
    );
  }
  return faults.map(({ message, pos: [offset] }) => {
    const [line = ""] = message.split("\n");
    return placed(line.replace(POSITION, ""), offset);
  });
}
