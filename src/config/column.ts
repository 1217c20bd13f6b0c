import { parseColumnType, typeText } from "./column-type.js";
import { identifierProblem } from "./identifier.js";
import { maskMisfit, readMask } from "./mask.js";
import type { Column } from "./pipeline.js";
import { isMap, type Note, take } from "./reading.js";
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
