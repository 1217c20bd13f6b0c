import type { ScalarType } from "../../types/column-type.js";

/** The most characters of what PostgreSQL makes of values that are assigned to a text, whatever the session's styles. */
const WIDTHS: Readonly<Record<Exclude<ScalarType["name"], "varchar" | "char" | "numeric">, number>> = {
  text: Number.POSITIVE_INFINITY,
  smallint: "-32768".length,
  integer: "-2147483648".length,
  bigint: "-9223372036854775808".length,
  real: "-1.17549435e-38".length,
  "double precision": "-2.2250738585072014e-308".length,
  boolean: "false".length,
  uuid: 36,
  date: "9999-12-31".length,
  timestamp: "Fri Dec 31 23:59:59.999999 9999".length,
  timestamptz: "Fri Dec 31 23:59:59.999999 9999 +00:00:00".length,
  time: "23:59:59.999999".length,
  interval: "@ 178956970 years 11 mons 2147483647 days 2562047788 hours 59 mins 59.999999 secs ago".length,
  json: Number.POSITIVE_INFINITY,
  jsonb: Number.POSITIVE_INFINITY,
  inet: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128".length,
  cidr: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128".length,
  bytea: Number.POSITIVE_INFINITY,
};

/** The most characters that a value of a type takes as a text. */
export function textWidth(type: ScalarType): number {
  switch (type.name) {
    case "varchar":
    case "char":
      return type.length;
    case "numeric": {
      const { precision, scale = 0 } = type;
      if (precision === undefined) return Number.POSITIVE_INFINITY;
      // A sign, a zero at least, and what is behind the point. NaN is left out of account.
      return 1 + Math.max(precision - scale, 1) + (scale > 0 ? 1 + scale : 0);
    }
    default:
      return WIDTHS[type.name];
  }
}
