import type { ScalarType } from "../../types/column-type.js";
import type { CatalogType } from "./facts.js";
import type { Fit } from "./fit.js";
import { digitsOf } from "./type-modifier.js";

const NUMBERS: readonly string[] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

/** How many digits a whole number has at the most, and how many of them it can have in any case. */
const WHOLE: Readonly<Record<string, { readonly most: number; readonly all: number }>> = {
  smallint: { most: 5, all: 4 },
  integer: { most: 10, all: 9 },
  bigint: { most: 19, all: 18 },
};
const RANKS: readonly string[] = ["smallint", "integer", "bigint"];

/** Decimal digits that a floating point number gives back as they were, and how far they may be from the point. */
const FLOATS: Readonly<Record<string, { readonly digits: number; readonly reach: number }>> = {
  real: { digits: 6, reach: 37 },
  "double precision": { digits: 15, reach: 307 },
};

/** Cents in a bigint. */
const MONEY = { whole: 16, fraction: 2 };

/** How a number of ours goes into a number of theirs; undefined where one of them is none. */
export function numberFit(ours: ScalarType, theirs: CatalogType): Fit | undefined {
  if (!NUMBERS.includes(ours.name)) return undefined;
  if (ours.name === "numeric") return numericFit(ours, theirs);
  if (ours.name === "real" || ours.name === "double precision") return floatFit(ours.name, theirs);
  return wholeFit(ours.name, theirs);
}

function wholeFit(ours: string, theirs: CatalogType): Fit | undefined {
  if (RANKS.includes(theirs.name)) {
    return RANKS.indexOf(ours) <= RANKS.indexOf(theirs.name) ? "fits" : "narrow";
  }
  const digits = WHOLE[ours]?.most ?? 0;
  switch (theirs.name) {
    case "numeric": {
      const limits = digitsOf(theirs);
      if (limits === undefined) return "fits";
      if (limits.scale < 0) return "changed";
      return digits <= limits.precision - limits.scale ? "fits" : "narrow";
    }
    case "real":
      return ours === "smallint" ? "fits" : "changed";
    case "double precision":
      return ours === "bigint" ? "changed" : "fits";
    case "money":
      return ours === "integer" ? "fits" : ours === "bigint" ? "narrow" : "mismatch";
    default:
      return undefined;
  }
}

function floatFit(ours: "real" | "double precision", theirs: CatalogType): Fit | undefined {
  if (theirs.name === ours || theirs.name === "double precision") return "fits";
  return NUMBERS.includes(theirs.name) ? "changed" : undefined;
}

/** NaN, which numeric alone among the exact numbers has, is left out of account: it is a reject where it comes. */
function numericFit(
  { precision, scale = 0 }: Extract<ScalarType, { name: "numeric" }>,
  theirs: CatalogType,
): Fit | undefined {
  const whole = precision === undefined ? Number.POSITIVE_INFINITY : precision - scale;
  const fraction = precision === undefined ? Number.POSITIVE_INFINITY : scale;
  const within = (most: { readonly whole: number; readonly fraction: number }): Fit =>
    fraction > most.fraction ? "changed" : whole > most.whole ? "narrow" : "fits";
  const integer = WHOLE[theirs.name];
  if (integer !== undefined) return within({ whole: integer.all, fraction: 0 });
  if (theirs.name === "money") return within(MONEY);
  if (theirs.name === "numeric") {
    const limits = digitsOf(theirs);
    return limits === undefined
      ? "fits"
      : within({ whole: limits.precision - limits.scale, fraction: limits.scale });
  }
  const float = FLOATS[theirs.name];
  if (float === undefined) return undefined;
  // Where digits end before the point, a value can lie halfway between two floats, and reads back as neither.
  const isKept = precision !== undefined && precision <= float.digits && scale >= 0;
  return isKept && whole <= float.reach && fraction <= float.reach ? "fits" : "changed";
}
