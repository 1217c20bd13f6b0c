import { describe, expect, test } from "vitest";
import { withoutMasked } from "../../../src/config/exposure.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { EACH } from "../../../src/config/pipeline.js";
import { problemsOf } from "./support.js";

const columnsOf = (columns: unknown) =>
  parsePipeline({ queue: "q", table: "t", columns }, { source: "f" }).pipeline.columns;
const one = (column: unknown) => columnsOf({ c: { from: "a", type: "text", ...Object(column) } })[0];

test.each<[column: unknown, read: unknown]>([
  [{ convert: "trim" }, { convert: ["trim"] }],
  [{ convert: ["trim", "lower"] }, { convert: ["trim", "lower"] }],
  [{ convert: [] }, {}],
  [{ type: "boolean", default: true }, { default: true }],
  [{ default: null }, {}],
  [{ on_error: "null" }, { nullOnError: true }],
  [{ on_error: null }, { nullOnError: true }],
  [{ on_error: "reject" }, {}],
  [{ type: "char(64)", mask: "hmac-sha256" }, {}],
  [{ type: "char(3)", mask: "null" }, {}],
  [{ type: "cidr", mask: "ip-truncate" }, {}],
])("%j", (column, read) => {
  expect(one(column)).toMatchObject(Object(read));
  for (const key of ["convert", "default", "nullOnError"]) {
    expect(Object.hasOwn(Object(one(column)), key)).toBe(Object.hasOwn(Object(read), key));
  }
});

test("a companion is converted as its column is", () => {
  const columns = columnsOf({
    ip: {
      from: "ip",
      type: "text",
      convert: "trim",
      on_error: "null",
      mask: { strategy: "aes-gcm", companion: "j" },
    },
  });
  expect(columns[1]).toMatchObject({ name: "j", convert: ["trim"], nullOnError: true });
});

describe("mistakes in a column", () => {
  test.each<[column: unknown, problem: string]>([
    [{ convert: "trimm" }, '.convert: there is no "trimm"; did you mean trim?'],
    [{ convert: ["trim", "lowr"] }, '.convert.1: there is no "lowr"; did you mean lower?'],
    [{ convert: 1 }, ".convert: must be a converter's name or a list of such, not a number"],
    [
      { type: "date", convert: ["epoch-seconds", "trim"] },
      ".convert: trim cannot follow epoch-seconds, which makes a moment",
    ],
    [
      { type: "text", convert: "epoch-seconds" },
      ".type: epoch-seconds makes a moment, so the column must be date, timestamp, timestamptz, not text",
    ],
    [
      { type: "date", convert: "semver-major" },
      ".type: semver-major makes a whole number, so the column must be smallint, integer, bigint, numeric, not date",
    ],
    [{ type: "integer", convert: "trim" }, ".type: trim makes a text, and the column is integer"],
    [{ type: "text[]", convert: "trim" }, ".convert: trim is for single values, not for text[]"],
    [
      { from: "$rest", type: "jsonb", convert: "trim" },
      ".convert: trim is for single values, and $rest is none",
    ],
    [
      { convert: "app-version", mask: "sha256" },
      ".convert: app-version makes a whole number, and only text can be masked",
    ],
    [{ type: "text[]", mask: "sha256" }, ".mask: a masked value is text, so the column cannot be text[]"],
    [{ type: "jsonb", mask: "sha256" }, ".mask: a masked value is text, so the column cannot be jsonb"],
    [
      { type: "char(65)", mask: "sha256" },
      ".mask: char(65) pads what is shorter with spaces: use varchar for sha256",
    ],
    [
      { type: "char(16)", mask: "partial" },
      ".mask: char(16) pads what is shorter with spaces: use varchar for partial",
    ],
    [
      { type: "cidr", mask: "sha256" },
      ".mask: sha256 makes text, and a cidr column takes addresses: use an ip-* mask",
    ],
    [{ from: "$rest", type: "text" }, ".type: $rest needs a column of type json or jsonb, not text"],
    [{ from: "$rest", type: "jsonb", mask: "null" }, ".mask: only text can be masked, and $rest is none"],
    [
      { from: "$attributes.a", type: "text[]" },
      ".type: $attributes.a is a single text, and the column is an array",
    ],
    [{ type: "integer", default: "1" }, ".default: must be a JSON number for c integer"],
    [{ type: "varchar(2)", default: "abc" }, ".default: is longer than c varchar(2) allows"],
    [
      { type: "date[]", default: ["soon"] },
      ".default: must be a real day as YYYY-MM-DD for an element of c date[]",
    ],
    [
      { type: "bigint", default: 2 ** 60 },
      ".default: is beyond 2^53, where numbers of a config lose digits: put it in quotes",
    ],
    [
      { required: true, default: "x" },
      ".default: is never loaded where required is true: leave one of them out",
    ],
    [{ on_error: "ignore" }, '.on_error: there is no "ignore"; it can be reject, null'],
    [{ on_error: 1 }, ".on_error: must be one of reject, null, not a number"],
    [
      { required: true, on_error: "null" },
      ".on_error: cannot be null where required is true: a required value that does not fit is a reject",
    ],
  ])("%j", async (column, problem) => {
    const problems = await problemsOf(() => one(column));
    expect(problems).toContain(`columns.c${problem}`);
  });
});

describe("what is masked", () => {
  const masked = (from: string) => ({ from, type: "text", mask: "hmac-sha256" });
  test.each<[clear: object, from: string, problem: string]>([
    [
      { from: "a", type: "text" },
      "a",
      "a is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
    [
      { from: "$.a", type: "text" },
      "a",
      "$.a is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
    [
      { from: '["a"]', type: "text" },
      "a",
      '["a"] is masked by column m: a value is masked everywhere or nowhere in a pipeline',
    ],
    [
      { from: "a[0]", type: "text" },
      "a[-1]",
      "a[0] is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
    [{ from: "a.b.c", type: "text" }, "a.b", "a.b.c is inside a.b, which column m masks"],
    [
      { from: "a", type: "jsonb" },
      "a",
      "a is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
    [
      { from: "a", type: "text" },
      "a.b",
      "a holds a.b, which column m masks: a column of type text cannot be without it, a json or jsonb column can",
    ],
    [
      { from: "a", type: "text[]" },
      "a[0]",
      "a holds a[0], which column m masks: a column of type array cannot be without it, a json or jsonb column can",
    ],
    [
      { from: "$attributes.x", type: "text" },
      "$attributes.x",
      "$attributes.x is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
    [
      { from: "$group_id", type: "text" },
      "$group_id",
      "$group_id is masked by column m: a value is masked everywhere or nowhere in a pipeline",
    ],
  ])("%j beside the masked %s", async (clear, from, problem) => {
    expect(await problemsOf(() => columnsOf({ c: clear, m: masked(from) }))).toEqual([
      `columns.c.from: ${problem}`,
    ]);
  });

  test.each<[from: string, masked: string, without: unknown]>([
    ["a", "a.b", [["b"]]],
    ["a", "a[0].b", [[0, "b"]]],
    ["a[0]", "a[-1].b", [["b"]]],
    ["$rest", "a.b", [["a", "b"]]],
    ["a", "b", undefined],
    ["a[0]", "a[1]", undefined],
    ['a["0"]', "a[0]", undefined],
    ["ab", "a", undefined],
  ])("%s is without %s", (from, hidden, without) => {
    const [column] = columnsOf({ c: { from, type: "jsonb" }, m: masked(hidden) });
    expect(column?.without).toEqual(without);
  });

  test("$rest is without all that other columns read, jsonb[] and functions are without what is masked", () => {
    const columns = columnsOf({
      rest: { from: "$rest", type: "json" },
      a: { from: "a", type: "text" },
      b: { from: "$.b[1]", type: "text" },
      list: { from: "list", type: "jsonb[]" },
      own: { from: "user", type: "text", convert: (user: unknown) => String(user) },
      m: masked("list[0].secret"),
      n: masked("user.mail"),
    });
    expect(columns.map(({ name, without }) => [name, without])).toEqual([
      ["rest", [["a"], ["b", 1], ["list"], ["user"], ["list", 0, "secret"], ["user", "mail"]]],
      ["a", undefined],
      ["b", undefined],
      ["list", [[0, "secret"]]],
      ["own", [["mail"]]],
      ["m", undefined],
      ["n", undefined],
    ]);
  });

  test("with records, paths of elements and of the whole are told from each other, and meet in the array", () => {
    const columns = columnsOf({
      whole: { from: "$.items", type: "jsonb" },
      first: { from: "$.items[0]", type: "jsonb" },
      element: { from: "detail", type: "jsonb" },
      rest: { from: "$rest", type: "jsonb" },
      m: masked("secret"),
      n: masked("$.items[2].detail.pin"),
    });
    const without = withoutMasked(
      columns.map(({ without: _, ...column }) => column),
      ["items"],
      () => expect.fail(),
    );
    expect(without.map((column) => column.without)).toEqual([
      [
        [EACH, "secret"],
        [2, "detail", "pin"],
      ],
      [["secret"]],
      [["pin"]],
      [["detail"], ["secret"], ["detail", "pin"]],
      undefined,
      undefined,
    ]);
  });
});
