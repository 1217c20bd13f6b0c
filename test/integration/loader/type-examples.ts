import type { ScalarType } from "../../../src/types/column-type.js";

const nines = (count: number): string => "9".repeat(Math.max(count, 0));

/** The largest number of a numeric(p,s), its smallest step, and both below zero. */
function numericExamples({ precision, scale = 0 }: Extract<ScalarType, { name: "numeric" }>): string[] {
  if (precision === undefined) {
    return ["0", `${nines(30)}.${nines(30)}`, `-${nines(200)}`, `0.${"0".repeat(40)}1`, "NaN", "Infinity"];
  }
  const zeros = "0".repeat(Math.max(-scale, 0));
  const digits = `${nines(precision)}${zeros}`;
  const padded = digits.padStart(scale + 1, "0");
  const most = scale > 0 ? `${padded.slice(0, -scale)}.${padded.slice(-scale)}` : digits;
  const least = scale > 0 ? `0.${"1".padStart(scale, "0")}` : `1${zeros}`;
  return ["0", most, `-${most}`, least, `-${least}`];
}

const EXAMPLES: Readonly<Record<Exclude<ScalarType["name"], "varchar" | "char" | "numeric">, string[]>> = {
  text: ["", "a", " a ", "äöü😀", "x".repeat(300), "😀".repeat(300)],
  smallint: ["0", "1", "-32768", "32767"],
  integer: ["0", "-1", "-2147483648", "2147483647"],
  bigint: ["0", "1", "-9223372036854775808", "9223372036854775807"],
  real: [
    "0",
    "0.1",
    "-3.4028235e38",
    "-1.17549435e-38",
    "-1.14481545e-30",
    "1e-45",
    "16777217",
    "NaN",
    "Infinity",
  ],
  "double precision": ["0", "0.1", "-1.7976931348623157e308", "-2.2250738585072014e-308", "5e-324", "NaN"],
  boolean: ["true", "false"],
  uuid: ["00000000-0000-0000-0000-000000000000", "424cdd21-063a-43a7-b91b-7ca1a833afae"],
  date: ["0001-01-01", "2024-02-29", "9999-12-31", "infinity", "-infinity"],
  timestamp: ["0001-01-01T00:00:00", "2024-03-31 02:30:00.123456", "9999-12-31T23:59:59.999999", "infinity"],
  timestamptz: ["0001-01-01T15:59:00+15:59", "2024-10-27T00:30:00.123456Z", "9999-12-31T23:59:59.999999Z"],
  time: ["00:00", "23:59:59.999999", "24:00", "12:34:56.5"],
  interval: [
    "P1Y2M3DT4H5M6.7S",
    "PT0S",
    "P-178956970Y-7M0W-2147483647DT-999999999H-999999999M-999999999.999999S",
  ],
  json: ['{"a":[1,null,"x"]}', "null", '"x"', "1e1000000", JSON.stringify("x".repeat(300))],
  jsonb: ['{"b":1,"a":[1.50,null,"x"]}', "null", '"x"', "1e300", JSON.stringify("x".repeat(300))],
  inet: ["192.0.2.7", "192.0.2.7/24", "::ffff:1.2.3.4", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127"],
  cidr: ["192.0.2.0/24", "10.0.0.0/8", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"],
  bytea: ["\\x", "\\x00ff", `\\x${"de".repeat(300)}`],
};

/** Values at the edges of what a column of the type lets through, as they are passed to the server. */
export function examplesOf(type: ScalarType): readonly string[] {
  if (type.name === "numeric") return numericExamples(type);
  if (type.name !== "varchar" && type.name !== "char") return EXAMPLES[type.name];
  return ["", "a", "x".repeat(type.length), "😀".repeat(type.length)];
}
