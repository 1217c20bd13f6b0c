import { quoted } from "../quoted.js";
import type { Reading } from "../reading.js";
import { type ColumnType, parseColumnType } from "../types/column-type.js";
import { convertMisfit, readConverters } from "./convert.js";
import { cutType } from "./cut-type.js";
import { readDefault } from "./default-value.js";
import { identifierProblem } from "./identifier.js";
import { maskMisfit, readMask } from "./mask.js";
import type { Column } from "./pipeline.js";
import { isMap, type Note, type RawMap, take } from "./reading.js";
import { givesText, mismatch, parseSource } from "./source.js";

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
  const type = take(typeName === undefined ? undefined : readType(typeName, raw), (said) =>
    note("type", said),
  );
  const mask = readMask(raw, from, note);
  const convert = readConverters(raw["convert"]);
  const nullOnError = nullsErrors(raw);

  if (from !== undefined && type !== undefined) {
    const wrong = mismatch(from, type);
    if (wrong !== undefined) note("type", wrong);
  }
  if (from !== undefined && mask !== undefined && !givesText(from)) {
    note("mask", `only text can be masked, and ${from.text} is none`);
  }
  const misfit = mask === undefined || type === undefined ? undefined : maskMisfit(mask, type);
  if (misfit !== undefined) note("mask", misfit);
  const wrong = convertMisfit(convert, { from, type, isMasked: mask !== undefined });
  if (wrong !== undefined) note(wrong.at, wrong.problem);
  if (nullOnError && raw["required"] === true) {
    note("on_error", "cannot be null where required is true: a required value that does not fit is a reject");
  }
  const standIn = type === undefined ? undefined : readDefault(name, raw, type, note);
  if (from === undefined || type === undefined) return undefined;
  return {
    name,
    from,
    type,
    required: raw["required"] === true,
    ...(convert.length === 0 ? {} : { convert }),
    ...(mask === undefined ? {} : { mask }),
    ...(standIn === undefined ? {} : { default: standIn }),
    ...(nullOnError ? { nullOnError } : {}),
  };
}

function readType(text: string, raw: RawMap): Reading<ColumnType> {
  const cut = cutType(raw);
  if (cut === undefined) return parseColumnType(text);
  return { problem: `inside { }, write it in quotes: ${quoted(cut.whole)}` };
}

/** YAML's own null says the same as the text. */
function nullsErrors(raw: RawMap): boolean {
  return raw["on_error"] === null || raw["on_error"] === "null";
}
