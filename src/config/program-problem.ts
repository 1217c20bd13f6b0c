import { isBuiltin } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { quoted } from "../quoted.js";
import { isTypeScript } from "./find-file.js";

interface ProgramFile {
  /** As it was given. */
  readonly source: string;
  /** In full. */
  readonly path: string;
}

/**
 * Why a config that is a program could not be run, in one line with its position. What it throws itself is not repeated:
 * a program reads secrets, and may put them into its messages.
 */
export function programProblem(error: unknown, file: ProgramFile): string {
  const missing = missingModule(error);
  if (missing !== undefined) return `the config file ${file.source} ${missing}`;
  const where = placeOf(error, file);
  const syntax = syntaxFault(error);
  if (syntax !== undefined) return `the config file ${where} cannot be parsed: ${syntax}`;
  // The columns are those of the JavaScript that was made of it.
  const line = isTypeScript(file.path) ? where.replace(/(:\d+):\d+$/, "$1") : where;
  return `the config file ${line} throws ${thrownText(error)}: its message may hold a secret, so run the file by itself to see it`;
}

/** By its class, and its code if it is one of Node's. */
function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error";
  const code = "code" in error && /^ERR_[A-Z_]+$/.test(String(error.code)) ? `, ${String(error.code)}` : "";
  return `an error (${error.constructor.name}${code})`;
}

/** The uppermost line of the file itself in what is known of where the error comes from. */
function placeOf(error: unknown, { source, path }: ProgramFile): string {
  const text = error instanceof Error ? `${error.stack ?? ""}\n${error.message}` : "";
  for (const name of [pathToFileURL(path).href, path]) {
    const index = text.indexOf(`${name}:`);
    const found = index < 0 ? null : /^:\d+(?::\d+)?/.exec(text.slice(index + name.length));
    if (found !== null) return `${source}${found[0]}`;
  }
  return source;
}

/** What it imports and is not there, from the codes of Node and of jiti; both name the module in quotes. */
function missingModule(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  const [, name = ""] = /'([^']+)'/.exec((error as Error).message) ?? [];
  if (name === "sqs2pg") {
    return "imports sqs2pg, which is not installed beside it: npm install sqs2pg, or export the config without defineConfig";
  }
  const shown = name.startsWith("file:") ? fileURLToPath(name) : name;
  const isPackage = /^(?:@[\w.-]+\/)?[\w.-]+/.test(name) && !/^[./]/.test(name) && !isBuiltin(name);
  return `imports ${quoted(shown)}, which is not ${isPackage ? "installed" : "there"}`;
}

/** Frames that are Node's own, where it compiles a module. */
const COMPILER = /^ {4}at .*node:internal\/(?:modules|vm)/;

/**
 * What the parser of a module says, which quotes no more than a word of it. Other syntax errors are of what the program
 * itself parses, such as JSON, and quote that.
 */
function syntaxFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frame = error.stack?.split("\n").find((line) => line.startsWith("    at "));
  const [line = ""] = error.message.split("\n");
  if (error.name === "SyntaxError") return frame !== undefined && COMPILER.test(frame) ? line : undefined;
  const ofJiti = /^ParseError: (.*?)\s*\n \S.*:\d+:\d+$/.exec(error.message);
  return frame === undefined ? ofJiti?.[1] : undefined;
}
