import fc from "fast-check";

/** Texts that some type or other takes for something else than they seem. */
const HARD_TEXTS = [
  ...[
    "",
    " ",
    "null",
    "NULL",
    "{}",
    "{a,b}",
    '{"a"}',
    "[1]",
    "\\",
    "\\x",
    "\\xDEADbeef",
    "\\xabc",
    "\\x 12",
    "'",
    '"',
    "''",
  ],
  ...[
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "+Infinity",
    "infinity",
    "-infinity",
    "1",
    "-0",
    "+1",
    " 1",
    "1 ",
  ],
  ...[
    "1e400",
    "1e-400",
    "1_000",
    "0x10",
    "0b1",
    "1.",
    ".5",
    "1e5",
    "1.5e-3",
    "٣",
    "9223372036854775808",
    "1e131071",
    "1e131072",
  ],
  ...[
    "true",
    "t",
    "yes",
    "on",
    "now",
    "today",
    "epoch",
    "tomorrow",
    "allballs",
    "yesterday",
    "January 8, 1999",
  ],
  ...[
    "P1D",
    "P1Y2M3DT4H5M6.7S",
    "PT",
    "P",
    "P1W",
    "P-1Y+2M",
    "-P1D",
    "PT0.5S",
    "P1.5Y",
    "1 day",
    "1 day 02:03:04",
    "-1 days +02:03:04",
  ],
  ...[
    "1 year 2 mons -3 days 04:05:06.789",
    "@ 1 minute",
    "3 weeks",
    "1 mon",
    "00:00:00",
    "99999:59:59",
    "1 fortnight",
    "P178956971Y",
  ],
  ...[
    "P178956970Y7M",
    "P178956970Y8M",
    "P306783378W2D",
    "999999999 hours",
    "P999999999Y",
    "1 day ago",
    "2 hours 3 mins 4.5 secs",
    "infinity",
  ],
  ...[
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
    "a0eebc999c0b4ef8bb6d6bb9bd380a11",
  ],
  ...[
    "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
    "a0eebc999c0b4ef8bb6d6bb9bd380a1",
    "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-",
  ],
  ...[
    "10.1.2.3",
    "10.1.2.3/8",
    "10.0.0.0/8",
    "10/8",
    "10.1",
    "::1/127",
    "::2/127",
    "::ffff:1.2.3.4/96",
    "::ffff:0.0.0.0/96",
    "fe80::1%eth0",
    "1.2.3.4/33",
  ],
  ...[
    "01.2.3.4",
    "1.2.3.4/",
    "1.2.3.4/08",
    "2001:db8::/32",
    "2001:db8::/31",
    "::/0",
    "0.0.0.0/0",
    "1.2.3.4/0",
  ],
  ...[
    "2024-02-29",
    "2023-02-29",
    "0001-01-01",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "0044-03-15 BC",
    "2024-02-29T12:00:00",
    "2024-1-1",
  ],
  ...[
    "2024-02-29 12:00:00.1234567",
    "2024-02-29T12:00:00Z",
    "2024-02-29T12:00:00+02",
    "2024-02-29T24:00:00",
    "2024-02-29T23:59:60",
  ],
  ...[
    "12:00",
    "12:00:00.999999999",
    "24:00",
    "24:00:01",
    "23:59:60",
    "12:00Z",
    "12:00:00+02",
    "1:00",
    "12:00 PM",
    "23:59:59.9999999",
  ],
  ...[
    "aGVsbG8=",
    "aGVsbG8",
    "aGVsbG9=",
    "_-8=",
    "+/8=",
    "a",
    "ab==",
    "=",
    "aGVs bG8=",
    "é",
    "😀",
    "😀😀😀",
    "ab ",
    "abc ",
    "abcd",
    "  a",
  ],
  ...[
    '{"a":1}',
    '"\\u0000"',
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udc00a",
    "\\u0000",
    "\\ud800",
    "\\\\u0000",
    '"\\"',
    "\u2028",
    "\u0001",
    "\t\n",
  ],
];

const digits = fc.stringMatching(/^\d{1,40}$/);

/** Numbers as JSON spells them, also with more digits and larger than a double has. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.integer().map(String),
  fc.integer({ min: -40_000, max: 40_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.constantFrom(
    ...["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"],
  ),
  fc.constantFrom(
    ...["32767", "32768", "2147483647", "-2147483648", "2147483648", "9007199254740993", "-0", "0.0", "1.0"],
  ),
  fc.constantFrom(
    ...[
      "1e400",
      "-1e400",
      "1e-400",
      "4.9e-324",
      "1e-324",
      "3.4028235e38",
      "3.5e38",
      "1e-46",
      "1.4e-45",
      "1e-45",
    ],
  ),
  fc.constantFrom(
    ...[
      "1e131071",
      "1e131072",
      "9.9e131071",
      "1e-16383",
      "1e-16384",
      "1.5e-16383",
      "1e999999",
      "0e999999",
      "1e99999999999",
    ],
  ),
  fc
    .tuple(fc.constantFrom("", "-"), digits, fc.option(digits), fc.option(fc.integer({ min: -30, max: 30 })))
    .map(([sign, whole, fraction, exponent]) => {
      const start = whole.replace(/^0+(?=\d)/, "");
      return `${sign}${start}${fraction === null ? "" : `.${fraction}`}${exponent === null ? "" : `e${exponent}`}`;
    }),
);

/** Texts of all kinds; `more` are near what one type takes. */
export function hardText(more: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const any = fc.oneof(
    fc.constantFrom(...HARD_TEXTS),
    numberText,
    more,
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.string({ maxLength: 8 }),
  );
  return fc.oneof(
    { weight: 4, arbitrary: any },
    { weight: 1, arbitrary: fc.tuple(any, any).map((two) => two.join("")) },
  );
}

/** JSON texts of every kind of value. */
export function hardJson(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: text.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: numberText },
    {
      weight: 1,
      arbitrary: fc.constantFrom("true", "false", "null", "[]", "{}", '{"__proto__":1}', "[null]", "[[1]]"),
    },
    { weight: 1, arbitrary: fc.json({ stringUnit: "binary" }) },
    {
      weight: 2,
      arbitrary: fc
        .array(
          fc.oneof(
            text.map((value) => JSON.stringify(value)),
            numberText,
            fc.constant("null"),
          ),
          { maxLength: 4 },
        )
        .map((elements) => `[${elements.join(",")}]`),
    },
  );
}
