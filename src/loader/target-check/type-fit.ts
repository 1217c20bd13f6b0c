import type { ColumnType, ScalarType } from "../../types/column-type.js";
import type { CatalogType } from "./facts.js";
import type { Fit } from "./fit.js";
import { numberFit } from "./number-fit.js";
import { textWidth } from "./text-width.js";
import { dropsFields, lengthOf } from "./type-modifier.js";

/** What an assignment makes of other types than numbers and texts: the rest is a mismatch. */
const OTHERS: Readonly<Record<string, Readonly<Partial<Record<ScalarType["name"], Fit>>>>> = {
  boolean: { boolean: "fits" },
  uuid: { uuid: "fits" },
  date: { date: "fits", timestamp: "changed", timestamptz: "changed" },
  "timestamp without time zone": { date: "fits", timestamp: "fits", timestamptz: "zone" },
  "timestamp with time zone": { date: "zone", timestamp: "zone", timestamptz: "fits" },
  "time without time zone": {
    time: "fits",
    timestamp: "changed",
    timestamptz: "changed",
    interval: "changed",
  },
  "time with time zone": { time: "zone", timestamptz: "changed" },
  interval: { interval: "fits", time: "fits" },
  json: { json: "fits", jsonb: "fits" },
  // Numbers that numeric does not hold.
  jsonb: { json: "narrow", jsonb: "fits" },
  inet: { inet: "fits", cidr: "fits" },
  cidr: { cidr: "fits", inet: "changed" },
  bytea: { bytea: "fits" },
};

/** The bytes of a `name`, and the most that a character takes. */
const NAME_BYTES = 63;
const CHARACTER_BYTES = 4;

/**
 * Whether each value that the pipeline's type lets through goes into the table's column as it is.
 * https://www.postgresql.org/docs/current/typeconv-query.html
 */
export function typeFit(ours: ColumnType, theirs: CatalogType): Fit {
  if (ours.name === "array") return arrayFit(ours.element, theirs);
  return theirs.arrays > 0 ? "mismatch" : scalarFit(ours, theirs);
}

function arrayFit(element: ScalarType, theirs: CatalogType): Fit {
  if (theirs.arrays === 1) return scalarFit(element, theirs);
  if (theirs.arrays > 1 || !theirs.isString) return "mismatch";
  return lengthOf(theirs) === undefined && theirs.name !== "name" ? "fits" : "narrow";
}

function scalarFit(ours: ScalarType, theirs: CatalogType): Fit {
  if (theirs.name === '"char"') return isTextual(ours) ? "changed" : "mismatch";
  if (theirs.isString) return textFit(ours, theirs);
  if (!theirs.isBuiltIn) return theirs.casts.includes(sourceName(ours)) ? "fits" : "mismatch";
  if (dropsFields(theirs) && (ours.name === "interval" || ours.name === "time")) return "changed";
  return numberFit(ours, theirs) ?? OTHERS[theirs.name]?.[ours.name] ?? "mismatch";
}

function textFit(ours: ScalarType, theirs: CatalogType): Fit {
  const width = textWidth(ours);
  if (theirs.name === "name") {
    return width * (isTextual(ours) ? CHARACTER_BYTES : 1) <= NAME_BYTES ? "fits" : "changed";
  }
  return width <= (lengthOf(theirs) ?? Number.POSITIVE_INFINITY) ? "fits" : "narrow";
}

function isTextual({ name }: ScalarType): boolean {
  return name === "text" || name === "varchar" || name === "char";
}

/** The name of the type that values are passed with. */
function sourceName(type: ScalarType): string {
  return isTextual(type) ? "text" : (LONG_NAMES[type.name] ?? type.name);
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
};
