import { type HostileBody, loads, quoted, rejects } from "./case.js";

/** PostgreSQL counts code points: not bytes, not UTF-16 units, not what looks like one character. */
const LETTERS: readonly (readonly [name: string, letter: string])[] = [
  ["one-byte letters", "a"],
  ["no-break spaces", "\u00a0"],
  ["two-byte letters", "é"],
  ["three-byte letters", "東"],
  ["four-byte letters", "😀"],
  ["combining accents", "\u0301"],
  ["zero width joiners", "\u200d"],
  ["quotes", '"'],
  ["backslashes", "\\"],
];

const LIMITS = [
  ["user_id", 128],
  ["device_type", 32],
  ["locale", 32],
] as const;

const atTheLimit = LIMITS.flatMap(([field, limit]) =>
  LETTERS.flatMap(([name, letter]) => {
    const event = (text: string): string => quoted({ user_id: "u", [field]: text });
    return [
      loads(`${limit} ${name} in ${field}`, event(letter.repeat(limit)), {
        user_id: "u",
        [field]: letter.repeat(limit),
      }),
      rejects(`${limit + 1} ${name} in ${field}`, event(letter.repeat(limit + 1)), "too_long", field),
      rejects(
        `a space after ${limit} ${name} in ${field}`,
        event(`${letter.repeat(limit)} `),
        "too_long",
        field,
      ),
    ];
  }),
);

const masked = [1, 255, 256, 257, 5_000].map((length) =>
  loads(`${length} characters in a masked text`, quoted({ user_id: "u", device_id: "d".repeat(length) }), {
    user_id: "u",
    device_id: "d".repeat(length),
  }),
);

const mixed = `${"😀".repeat(16)}${"é".repeat(8)}${"a".repeat(8)}`;

export const LENGTHS: readonly HostileBody[] = [
  ...atTheLimit,
  ...masked,
  loads("32 letters of one to four bytes", quoted({ user_id: "u", locale: mixed }), {
    user_id: "u",
    locale: mixed,
  }),
  rejects(
    "33 letters of one to four bytes",
    quoted({ user_id: "u", locale: `${mixed}é` }),
    "too_long",
    "locale",
  ),
];
