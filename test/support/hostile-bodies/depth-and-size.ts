import { type HostileBody, loads, rejects, withField } from "./case.js";

const arrays = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

const DEPTHS = [10, 100, 1_000, 10_000, 100_000];

const deep = DEPTHS.flatMap((levels) => [
  rejects(`${levels} levels of arrays`, arrays(levels), "not_an_object", "[0]"),
  rejects(`${levels} levels of objects`, objects(levels), "missing", "user_id"),
  rejects(`${levels} levels of arrays, not closed`, "[".repeat(levels), "not_json"),
  rejects(`${levels} levels of objects, not closed`, '{"a":'.repeat(levels), "not_json"),
  loads(`${levels} levels where nobody looks`, withField("x", arrays(levels))),
  rejects(
    `${levels} levels of arrays in a text`,
    withField("locale", arrays(levels)),
    "wrong_type",
    "locale",
  ),
  rejects(
    `${levels} levels of objects in a masked text`,
    withField("ip", objects(levels)),
    "wrong_type",
    "ip",
  ),
]);

/** SQS takes bodies of up to 1 MiB. */
const MEBIBYTE = 1_048_576;

/** An event of exactly so many bytes. */
function padded(bytes: number): string {
  return withField("x", `"${"a".repeat(bytes - withField("x", '""').length)}"`);
}

const many = (count: number, entry: (index: number) => string): string =>
  `{"user_id":"u",${Array.from({ length: count }, (_, index) => entry(index)).join(",")}}`;

const large: readonly HostileBody[] = [
  loads("256 KiB", padded(262_144)),
  loads("1 MiB", padded(MEBIBYTE)),
  loads("1 MiB of two-byte text", withField("x", `"${"é".repeat(500_000)}"`)),
  loads("1 MiB of white space inside", `{${" ".repeat(MEBIBYTE - 16)}"user_id":"u"}`),
  loads("a million bytes in a masked text", withField("ip", `"${"7".repeat(1_000_000)}"`), {
    user_id: "u",
    ip: "7".repeat(1_000_000),
  }),
  rejects(
    "a million bytes in a text",
    withField("locale", `"${"a".repeat(1_000_000)}"`),
    "too_long",
    "locale",
  ),
  rejects(
    "a million bytes in the required text",
    `{"user_id":"${"a".repeat(1_000_000)}"}`,
    "too_long",
    "user_id",
  ),
  loads("a key of a million bytes", `{"user_id":"u","${"k".repeat(1_000_000)}":1}`),
  loads(
    "80,000 keys",
    many(80_000, (index) => `"k${index}":0`),
  ),
  loads(
    "80,000 keys that are numbers",
    many(80_000, (index) => `"${index}":0`),
  ),
  loads(
    "100,000 times the same key",
    many(100_000, () => '"k":0'),
  ),
  loads(
    "100,000 empty keys",
    many(100_000, () => '"":0'),
  ),
  loads("100,000 empty objects", withField("x", `[${"{},".repeat(99_999)}{}]`)),
  loads("100,000 escapes", withField("x", `"${"\\u0041".repeat(100_000)}"`)),
];

export const DEPTH_AND_SIZE: readonly HostileBody[] = [...deep, ...large];

/** More than SQS takes, but not more than somebody may give to the library. */
export const BEYOND_SQS: readonly HostileBody[] = [
  loads(
    "a million keys",
    many(1_000_000, (index) => `"k${index}":0`),
  ),
  loads("16 MiB", padded(16 * MEBIBYTE)),
  rejects("a million levels", arrays(1_000_000), "not_an_object", "[0]"),
  loads("a million levels where nobody looks", withField("x", arrays(1_000_000))),
];
