import type { Source } from "../config/pipeline.js";

/** A field of the record at `place`, such as `items[3].price`; what is not in a record is where it is. */
export function fieldAt(place: string, { kind, text }: Source): string {
  if (kind !== "record" || place === "") return text;
  return joined(place, text.replace(/^\$\.?/, ""));
}

/** A part behind a place. */
export function joined(place: string, part: string): string {
  return place === "" || part === "" || part.startsWith("[") ? `${place}${part}` : `${place}.${part}`;
}
