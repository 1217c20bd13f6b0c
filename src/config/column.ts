import { isMaskName, type MaskSpec, STRATEGIES } from "../masking/index.js";
import { parseColumnType, typeText } from "./column-type.js";
import { identifierProblem } from "./identifier.js";
import type { Column, ColumnType, Source } from "./pipeline.js";
import { isMap, type Note, type RawMap, take } from "./reading.js";
import { givesText, mismatch, parseSource } from "./source.js";

/**
 * What a mask makes has to fit its column; undefined if it does. Used for the config file and again when a flag puts
 * another mask in its place.
 */
export function maskMisfit(spec: MaskSpec, type: ColumnType): string | undefined {
  if (type.name === "text") return undefined;
  if (type.name !== "varchar") return `a masked value is text, so the column cannot be ${type.name}`;
  const length = STRATEGIES[spec.strategy].outputLength(spec);
  if (length === undefined || length <= type.length) return undefined;
  return `${spec.strategy} gives ${length} characters, more than ${typeText(type)} holds`;
}

function readMask(raw: RawMap, from: Source | undefined, note: Note): MaskSpec | undefined {
  const mask = raw["mask"];
  const settings: RawMap = isMap(mask) ? mask : {};
  const strategy = isMap(mask) ? mask["strategy"] : mask;
  if (mask === undefined && raw["domain"] !== undefined) note("domain", "does nothing without a mask");
  if (settings["domain"] !== undefined && raw["domain"] !== undefined) {
    note("domain", "is set twice: here and in the mask");
  }
  if (typeof strategy !== "string" || !isMaskName(strategy)) return undefined;
  const { keep_last: keepLast, replacement } = settings;
  if (keepLast !== undefined && strategy !== "partial")
    note("mask.keep_last", "is for the mask partial only");
  if (replacement !== undefined && strategy !== "redact")
    note("mask.replacement", "is for the mask redact only");
  if (typeof replacement === "string" && (replacement.includes("\u0000") || !replacement.isWellFormed())) {
    note("mask.replacement", "cannot hold a NUL or a lone surrogate");
  }
  const domain = settings["domain"] ?? raw["domain"] ?? from?.text;
  return {
    strategy,
    domain: typeof domain === "string" ? domain : "",
    ...(typeof keepLast === "number" ? { keepLast } : {}),
    ...(typeof replacement === "string" ? { replacement } : {}),
  };
}

/**
 * Reads one column: what its texts mean and whether they go together. Parts that do not have the right structure are
 * passed over, since the structure check has noted them; undefined if the column cannot be read.
 */
export function readColumn(name: string, raw: unknown, note: Note): Column | undefined {
  const problem = identifierProblem(name);
  if (problem !== undefined) note("", problem);
  if (!isMap(raw)) return undefined;
  const text = (key: string): string | undefined => (typeof raw[key] === "string" ? raw[key] : undefined);
  const [fromText, typeName] = [text("from"), text("type")];
  const from = take(fromText === undefined ? undefined : parseSource(fromText), (said) => note("from", said));
  const type = take(typeName === undefined ? undefined : parseColumnType(typeName), (said) =>
    note("type", said),
  );
  const mask = readMask(raw, from, note);
  const convert = raw["convert"] === "app-version" ? "app-version" : undefined;

  if (from !== undefined && type !== undefined) {
    const wrong = mismatch(from, type);
    if (wrong !== undefined) note("type", wrong);
  }
  if (from !== undefined && mask !== undefined && !givesText(from)) {
    note("mask", `only text can be masked, and ${from.text} is none`);
  }
  const misfit = mask === undefined || type === undefined ? undefined : maskMisfit(mask, type);
  if (misfit !== undefined) note("mask", misfit);
  if (convert !== undefined) {
    if (mask !== undefined) note("convert", "cannot be combined with a mask");
    if (from?.kind === "message") note("convert", `is for texts of the record, and ${from.text} is none`);
    if (type !== undefined && type.name !== "integer" && type.name !== "bigint") {
      note("type", `app-version makes a number, so the column must be integer, not ${typeText(type)}`);
    }
  }
  if (from === undefined || type === undefined) return undefined;
  return {
    name,
    from,
    type,
    required: raw["required"] === true,
    ...(convert === undefined ? {} : { convert }),
    ...(mask === undefined ? {} : { mask }),
  };
}
