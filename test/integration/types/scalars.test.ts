import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDecimal } from "../../../src/types/decimal.js";
import { dropDatabase, openMigratedDatabase, type TestDatabase } from "../../support/database.js";
import { hardJson, hardText } from "./hard-values.js";
import { readOtherwise, stored, takenByServer, verdictsOn } from "./server.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => dropDatabase(database));

const pad = (length: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, "0"));
const day = fc.tuple(pad(4, 9999), pad(2, 13), pad(2, 32)).map((parts) => parts.join("-"));
const clock = fc
  .tuple(
    pad(2, 24),
    pad(2, 60),
    fc.option(pad(2, 60), { nil: undefined }),
    fc.constantFrom("", ".1", ".999999999"),
  )
  .map(
    ([hour, minute, second, rest]) => `${hour}:${minute}${second === undefined ? "" : `:${second}${rest}`}`,
  );
const local = fc.tuple(day, fc.constantFrom("T", "t", " "), clock).map((parts) => parts.join(""));
const offset = fc.oneof(
  fc.constantFrom("Z", "z", "+00", "-00:00", "+15:59", "-1559", "+16"),
  fc
    .tuple(fc.constantFrom("+", "-"), pad(2, 16), pad(2, 60))
    .map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
);
const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -999_999_999, max: 999_999_999 }),
);
const isoInterval = fc
  .tuple(
    fc.subarray(["Y", "M", "W", "D"]),
    fc.subarray(["H", "M", "S"]),
    fc.array(number, { minLength: 7, maxLength: 7 }),
  )
  .map(([dates, times, numbers]) => {
    const date = dates.map((unit, index) => `${numbers[index]}${unit}`).join("");
    const time = times.map((unit, index) => `${numbers[index + 4]}${unit}`).join("");
    return `P${date}${times.length > 0 ? `T${time}` : ""}`;
  });
const unitInterval = fc
  .tuple(
    fc.subarray(["year", "mons", "weeks", "day", "days", "hours", "mins", "secs"]),
    fc.array(number, { minLength: 8, maxLength: 8 }),
    fc.constantFrom("", " 04:05:06.789", " -04:05"),
  )
  .map(([units, numbers, tail]) =>
    `${units.map((unit, index) => `${numbers[index]} ${unit}`).join(" ")}${tail}`.trim(),
  );
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4Extended(),
  fc.constantFrom("10.0.0.0", "2001:db8::", "::ffff:1.2.3.4"),
);
const network = fc.tuple(address, fc.integer({ min: 0, max: 130 })).map(([host, bits]) => `${host}/${bits}`);
const hex = fc.stringMatching(/^\{?[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){6,8}\}?$/);
const nothing = fc.constant("x");
const short = fc.string({ unit: "binary", maxLength: 5 });

interface Case {
  readonly type: string;
  readonly near: fc.Arbitrary<string>;
  /** Whether what was read back is the value that the message had. */
  readonly isSame: ((back: string, value: unknown, json: string) => boolean) | "as the server reads it";
  /** Texts that the server would take, and we refuse on purpose. */
  readonly refused: (text: string) => boolean;
}

/** Every refusal is one on purpose: the rest of the types is checked the other way round by `documented`. */
const allBut = (documented: RegExp) => (text: string) => !documented.test(text);
const sameNumber = (back: string, value: unknown, json: string): boolean => {
  const [one, other] = [parseDecimal(back), parseDecimal(typeof value === "string" ? value : json)];
  if (one === undefined || other === undefined) return back === value;
  return (
    one.digits === other.digits &&
    one.exponent === other.exponent &&
    (one.digits === "" || one.negative === other.negative)
  );
};
const sameFloat = (round: (value: number) => number) => (back: string, value: unknown, json: string) =>
  Object.is(round(Number(back)) + 0, round(Number(typeof value === "string" ? value : json)) + 0) ||
  back === value;
const sameText = (back: string, value: unknown): boolean => back === value;
const any = (): boolean => true;

const cases: Case[] = [
  { type: "text", near: short, isSame: sameText, refused: () => false },
  { type: "varchar(3)", near: short, isSame: sameText, refused: (text) => / $/.test(text) },
  {
    type: "char(3)",
    near: short,
    isSame: (back, value) => back === String(value).replace(/ +$/, ""),
    refused: (text) => / $/.test(text),
  },
  { type: "smallint", near: nothing, isSame: sameNumber, refused: any },
  { type: "integer", near: nothing, isSame: sameNumber, refused: any },
  { type: "bigint", near: nothing, isSame: sameNumber, refused: allBut(/^-?\d+$/) },
  {
    type: "numeric",
    near: nothing,
    isSame: sameNumber,
    refused: allBut(/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i),
  },
  {
    type: "numeric(5,2)",
    near: nothing,
    isSame: sameNumber,
    refused: (text) => !/^-?\d+(\.\d{1,2})?$/.test(text),
  },
  {
    type: "numeric(3,5)",
    near: fc.integer({ min: -2000, max: 2000 }).map((digits) => `${digits}e-5`),
    isSame: sameNumber,
    refused: (text) => !/^-?0\.\d{1,5}$/.test(text),
  },
  {
    type: "numeric(3,-2)",
    near: fc.integer({ min: -2000, max: 2000 }).map((digits) => `${digits}00`),
    isSame: sameNumber,
    refused: (text) => !/^-?\d+00$/.test(text),
  },
  {
    type: "real",
    near: nothing,
    isSame: sameFloat(Math.fround),
    refused: allBut(/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i),
  },
  {
    type: "double precision",
    near: nothing,
    isSame: sameFloat((value) => value),
    refused: allBut(/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i),
  },
  { type: "boolean", near: nothing, isSame: (back, value) => back === String(value), refused: any },
  {
    type: "uuid",
    near: hex,
    isSame: (back, value) => back.replaceAll("-", "") === String(value).toLowerCase().replace(/[-{}]/g, ""),
    refused: () => false,
  },
  { type: "date", near: day, isSame: sameText, refused: allBut(/^(?!0000)\d{4}-\d\d-\d\d$/) },
  {
    type: "timestamp",
    near: local,
    isSame: "as the server reads it",
    refused: (text) =>
      !/^(?!0000)\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(text) || / ?24:/.test(text),
  },
  {
    type: "timestamptz",
    near: fc.tuple(local, offset).map((parts) => parts.join("")),
    isSame: "as the server reads it",
    refused: (text) =>
      !/^(?!0000)\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)$/.test(text) ||
      /[Tt ]24:/.test(text),
  },
  {
    type: "time",
    near: clock,
    isSame: "as the server reads it",
    refused: (text) =>
      !/^\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(text) || /:60/.test(text) || /^24:00:00\.0*[1-9]/.test(text),
  },
  {
    type: "interval",
    // Years that are too many by themselves, and not with the months.
    near: fc.oneof(isoInterval, unitInterval, fc.constant("P-212563019Y933034269M")),
    isSame: "as the server reads it",
    refused: allBut(
      /^P(?=.)([+-]?\d{1,9}Y)?([+-]?\d{1,9}M)?([+-]?\d{1,9}W)?([+-]?\d{1,9}D)?(T(?=.)([+-]?\d{1,9}H)?([+-]?\d{1,9}M)?([+-]?\d{1,9}(\.\d{1,9})?S)?)?$/,
    ),
  },
  {
    type: "inet",
    near: fc.oneof(address, network),
    isSame: "as the server reads it",
    refused: allBut(/^((?!.*\b0\d)\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:.]*)(\/(0|[1-9]\d*))?$/i),
  },
  {
    type: "cidr",
    near: fc.oneof(address, network),
    isSame: "as the server reads it",
    refused: allBut(/^((?!.*\b0\d)\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:.]*)(\/(0|[1-9]\d*))?$/i),
  },
  {
    type: "bytea",
    near: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    isSame: (back, value) => {
      const text = String(value);
      const bytes = text.startsWith("\\x") ? Buffer.from(text.slice(2), "hex") : Buffer.from(text, "base64");
      return back === `\\x${bytes.toString("hex")}`;
    },
    refused: allBut(/^\\x([0-9a-f]{2})*$/i),
  },
];

test.each(cases)(
  "$type: the server takes all that is accepted, and reads it back the same; it refuses what is rejected, but for what the docs say",
  async ({ type, near, isSame, refused }) => {
    const texts = [...new Set(fc.sample(hardJson(hardText(near)), 4000))];
    const verdicts = verdictsOn(type, texts);
    const accepted = verdicts.filter(({ code }) => code === undefined);
    expect(accepted.length).toBeGreaterThan(type === "boolean" ? 2 : 20);
    const back = await stored(
      database,
      type,
      accepted.map(({ cell = null }) => cell),
    );
    const changed = accepted.filter(({ json }, index) => {
      const [value, read = null]: [unknown, string | null | undefined] = [JSON.parse(json), back[index]];
      if (read === null) return value !== null;
      return typeof isSame === "function" && !isSame(read, value, json);
    });
    expect(changed.slice(0, 5)).toEqual([]);
    if (isSame === "as the server reads it") {
      const given = accepted.map(({ json }): unknown => JSON.parse(json));
      expect(await readOtherwise(database, type, given, back)).toEqual([]);
    }

    const isText = /^(text|varchar|char)/.test(type);
    const rejected = verdicts
      .filter(({ code }) => code !== undefined)
      .flatMap(({ json }) => {
        const value: unknown = JSON.parse(json);
        if (typeof value === "number") return isText ? [] : [json];
        return typeof value === "string" && value.isWellFormed() && !value.includes("\0") ? [value] : [];
      });
    if (!isText) expect(rejected.length).toBeGreaterThan(20);
    const taken = await takenByServer(database, type, rejected);
    expect([...taken].filter((text) => !refused(text)).slice(0, 10)).toEqual([]);
  },
);
