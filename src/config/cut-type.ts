import type { RawMap } from "./reading.js";

/** A type that YAML has cut at its comma. */
interface CutType {
  /** As it was meant: `numeric(12,2)`. */
  readonly whole: string;
  /** The key that the end of it became. */
  readonly rest: string;
}

/** Inside `{ }`, a comma ends a value: `{ type: numeric(12,2) }` has the settings `type: numeric(12` and `2)`. */
export function cutType(column: RawMap): CutType | undefined {
  const { type } = column;
  if (typeof type !== "string" || !/^[^()]*\([^()]*$/.test(type)) return undefined;
  const rest = Object.keys(column).find((key) => column[key] === null && /^[-+]?\d*\s*\)/.test(key));
  return rest === undefined ? undefined : { whole: `${type},${rest}`, rest };
}
