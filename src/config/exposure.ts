import type { ColumnType } from "../types/column-type.js";
import type { Path } from "./path.js";
import { type Column, EACH, type InnerPath, type Source } from "./pipeline.js";

/** Notes what is wrong with a column's `from`. */
type NoteFrom = (column: string, message: string) => void;

/**
 * Sees to it that what a column masks gets into no other column in the clear: what reads the same value, or something in
 * it, is a mistake, and what holds it gets it taken out. `$rest` is without all that other columns read.
 */
export function withoutMasked(
  columns: readonly Column[],
  records: Path | undefined,
  note: NoteFrom,
): readonly Column[] {
  const placed = columns.map((column) => ({ column, place: placeOf(column.from, records) }));
  return placed.map(({ column, place }) => {
    if (column.mask !== undefined) return column;
    const without: InnerPath[] = [];
    for (const other of placed) {
      if (other.column === column || other.column.from.kind === "rest") continue;
      const isMasked = other.column.mask !== undefined;
      if (!isMasked && column.from.kind !== "rest") continue;
      if (!mayMeet(place, other.place)) continue;
      if (other.place.length > place.length) without.push(other.place.slice(place.length));
      else if (isMasked) {
        note(column.name, insideText(column, other.column, place.length === other.place.length));
        // Once is enough: a thousand columns could say it a thousand times each.
        break;
      }
    }
    if (without.length === 0) return column;
    if (!canBeWithout(column)) note(column.name, holderText(column, placed, place));
    return { ...column, without };
  });
}

/** Where a source reads: the first key says of what. */
export function placeOf(from: Source, records: Path | undefined): InnerPath {
  switch (from.kind) {
    case "record":
      return ["record", ...(from.root ? [] : elementOf(records)), ...from.path];
    case "rest":
      return ["record", ...elementOf(records)];
    case "envelope":
      return ["envelope", ...from.path];
    case "attribute":
      return ["attribute", from.name];
    case "message":
      return ["message", from.value];
  }
}

function elementOf(records: Path | undefined): InnerPath {
  return records === undefined ? [] : [...records, EACH];
}

/** Whether two places can be the same as far as the shorter one goes. */
export function mayMeet(one: InnerPath, other: InnerPath): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const key = one[index];
    if (key !== undefined && !mayBeSame(key, other[index])) return false;
  }
  return true;
}

function mayBeSame(one: InnerPath[number], other: InnerPath[number] | undefined): boolean {
  if (typeof one === "string" || typeof other === "string" || other === undefined) return one === other;
  if (one === EACH || other === EACH) return true;
  // The first element may be the last one.
  return one < 0 === other < 0 ? one === other : true;
}

/** Whether a value with something taken out can still be one of the column's. */
function canBeWithout({ type, convert }: Column): boolean {
  return isJson(type.name === "array" ? type.element : type) || typeof convert?.[0] === "function";
}

function isJson({ name }: ColumnType): boolean {
  return name === "json" || name === "jsonb";
}

function insideText({ from }: Column, masked: Column, isSame: boolean): string {
  return isSame
    ? `${from.text} is masked by column ${masked.name}: a value is masked everywhere or nowhere in a pipeline`
    : `${from.text} is inside ${masked.from.text}, which column ${masked.name} masks`;
}

function holderText(
  { from, type }: Column,
  placed: readonly { readonly column: Column; readonly place: InnerPath }[],
  place: InnerPath,
): string {
  const inner = placed.find(
    (other) =>
      other.column.mask !== undefined && other.place.length > place.length && mayMeet(place, other.place),
  );
  return `${from.text} holds ${inner?.column.from.text}, which column ${inner?.column.name} masks: a column of type ${type.name} cannot be without it, a json or jsonb column can`;
}
