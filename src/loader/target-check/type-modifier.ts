import type { CatalogType } from "./facts.js";

/** What the arguments of a type say: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.h */
type Modified = Pick<CatalogType, "name" | "modifier">;

/** PostgreSQL adds the length of a header to what it packs. */
const HEADER = 4;

/** The characters that a varchar or char holds; undefined where there is no limit. */
export function lengthOf({ name, modifier }: Modified): number | undefined {
  const isLimited = name === "character varying" || name === "character" || name === "bpchar";
  return isLimited && modifier > HEADER ? modifier - HEADER : undefined;
}

/** Of a numeric with limits; a negative scale rounds to the left of the point. */
export function digitsOf({ name, modifier }: Modified): { precision: number; scale: number } | undefined {
  if (name !== "numeric" || modifier < HEADER) return undefined;
  const packed = modifier - HEADER;
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 0x400) - 0x400 };
}

/** An interval that keeps some of its fields only, such as `interval year to month`. */
export function dropsFields({ name, modifier }: Modified): boolean {
  const ALL_FIELDS = 0x7fff;
  return name === "interval" && modifier >= 0 && ((modifier >> 16) & ALL_FIELDS) !== ALL_FIELDS;
}
