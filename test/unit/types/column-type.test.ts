import { expect, test } from "vitest";
import { parseColumnType, SCALAR_TYPES, typeText } from "../../../src/types/column-type.js";

test.each([
  ["decimal", "numeric"],
  ["DEC(10)", "numeric(10,0)"],
  ["numeric ( 10 , 2 )", "numeric(10,2)"],
  ["numeric(3,-2)", "numeric(3,-2)"],
  ["float", "double precision"],
  ["float(24)", "real"],
  ["float(25)", "double precision"],
  ["float4", "real"],
  ["float8", "double precision"],
  ["Double  Precision", "double precision"],
  ["bpchar(3)", "char(3)"],
  ["character(3)", "char(3)"],
  ["char", "char(1)"],
  ["character", "char(1)"],
  ["character varying(5)", "varchar(5)"],
  ["char varying (5)", "varchar(5)"],
  ["timestamp", "timestamp"],
  ["timestamp without time zone", "timestamp"],
  ["timestamp(3) without time zone", "timestamp"],
  ["timestamp with time zone", "timestamptz"],
  ["timestamp (6) with time zone", "timestamptz"],
  ["timestamptz(3)", "timestamptz"],
  ["time(0)", "time"],
  ["time without time zone", "time"],
  ["interval(3)", "interval"],
  ["bool", "boolean"],
  ["int2[]", "smallint[]"],
  ["text[]", "text[]"],
  ["text[3]", "text[]"],
  ["text array", "text[]"],
  ["text ARRAY[4]", "text[]"],
  ["_text", "text[]"],
  ["_int8", "bigint[]"],
  ["numeric(10,2)[]", "numeric(10,2)[]"],
  ["timestamp with time zone []", "timestamptz[]"],
])("%s is %s", (spelled, type) => {
  const read = parseColumnType(spelled);
  expect("value" in read ? typeText(read.value) : read.problem).toBe(type);
});

test.each([
  ["bpchar", "char needs its length, such as char(255); or use text"],
  ["char(0)", "the length of a char goes from 1 to 10,485,760"],
  ["numeric(0)", "numeric(p,s) has 1 to 1000 digits in all, and -1000 to 1000 of them behind the point"],
  ["numeric(1,2,3)", "numeric(p,s) has 1 to 1000 digits in all, and -1000 to 1000 of them behind the point"],
  ["numeric(a)", "what numeric has in parentheses is no whole number"],
  ["integer(4)", "integer has nothing in parentheses"],
  ["float(54)", "float has 1 to 53 bits: write real or double precision"],
  ["timestamptz(7)", "timestamptz has 0 to 6 digits of a second"],
  ["text[][]", "arrays have one dimension here: write text[]"],
  ["serial", '"serial" is no type that can be loaded; use integer'],
  ["timetz", '"timetz" is no type that can be loaded; use time, or timestamptz for a moment'],
  ["interval day to second", "an interval keeps all of its fields here: write interval"],
  ["jsnob", '"jsnob" is no type that can be loaded; did you mean jsonb?'],
])("%s: %s", (spelled, problem) => {
  expect(parseColumnType(spelled)).toEqual({ problem });
});

test("every type reads its own spelling", () => {
  for (const name of SCALAR_TYPES) {
    const spelled = name === "varchar" || name === "char" ? `${name}(7)` : name;
    const read = parseColumnType(spelled);
    expect("value" in read ? typeText(read.value) : read.problem).toBe(spelled);
  }
});
