import type { Source } from "../config/pipeline.js";

/** A path as an author writes it: keys joined by dots, positions and unusual keys in brackets. */
export function fieldPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => joined(text, partText(part)), "");
}

/** A field of the record at `place`, such as `items[3].price`; what is not in a record is where it is. */
export function fieldAt(place: string, { kind, text }: Source): string {
  if (kind !== "record" || place === "") return text;
  return joined(place, text.replace(/^\$\.?/, ""));
}

function partText(part: string | number): string {
  if (typeof part === "number") return `[${part}]`;
  return /^[^.[\]"'$\s]+$/.test(part) ? part : `[${JSON.stringify(part)}]`;
}

/** A part behind a place. */
export function joined(place: string, part: string): string {
  return place === "" || part === "" || part.startsWith("[") ? `${place}${part}` : `${place}.${part}`;
}
