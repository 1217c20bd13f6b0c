import { type HostileBody, loads, quoted, rejects, withField } from "./case.js";

const hex = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
const codes = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** JSON takes no control character as it is, and each one as an escape; PostgreSQL takes all but NUL. */
const controls = codes(0x00, 0x1f).flatMap((code) => {
  const raw = `a${String.fromCharCode(code)}b`;
  const escaped = withField("locale", `"a\\u${code.toString(16).padStart(4, "0")}b"`);
  return [
    rejects(`the control character ${hex(code)} as it is`, withField("locale", `"${raw}"`), "not_json"),
    code === 0
      ? rejects("an escaped NUL in a text", escaped, "unstorable_text", "locale")
      : loads(`the control character ${hex(code)} as an escape`, escaped, { user_id: "u", locale: raw }),
  ];
});

/** Texts that are odd and nothing else: they are loaded as they are. */
const ODD: readonly (readonly [name: string, text: string])[] = [
  ["DEL", "a\u007fb"],
  ["every C1 control character", String.fromCharCode(...codes(0x80, 0x9f))],
  ["the non-character U+FFFE", "\ufffe"],
  ["the non-character U+FFFF", "\uffff"],
  ["the non-character U+FDD0", "\ufdd0"],
  ["the non-character U+1FFFE", "\u{1fffe}"],
  ["the last code point", "\u{10ffff}"],
  ["a private code point", "\ue000"],
  ["an unassigned code point", "\u0378"],
  ["the replacement character", "\ufffd"],
  ["a byte order mark", "\ufeffRU"],
  ["a right-to-left override", "\u202egnp.exe"],
  ["every bidirectional control", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"],
  ["Arabic and Hebrew", "مرحبا שלום"],
  ["zero width characters", "a\u200b\u200c\u200d\u2060b"],
  ["a line and a paragraph separator", "a\u2028b\u2029c"],
  ["CRLF", "a\r\nb"],
  ["an escape sequence", "\u001b[31mred\u001b[0m"],
  ["a terminal's title", "\u001b]0;owned\u0007"],
  ["a C1 escape sequence", "\u009b31mred"],
  ["a flood of combining accents", `e${"\u0301".repeat(31)}`],
  ["a composed letter", "\u00e9"],
  ["a decomposed letter", "e\u0301"],
  ["a Hangul syllable in pieces", "\u1112\u1161\u11ab"],
  ["a family of emoji", "👩‍👩‍👧‍👦"],
  ["a flag", "🇷🇺"],
  ["a flag of tags", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
  ["an emoji with a skin tone", "👍🏽"],
  ["ligatures and sharp s", "ﬀ ß ẞ"],
  ["a dotted capital i", "İ"],
  ["full width letters", "ＲＵ"],
  ["leading and trailing spaces", "  RU  "],
  ["one space", " "],
  ["a tab and a newline", "\t\n"],
  ["a no-break space", "\u00a0"],
  ["wrongly decoded UTF-8", "Ã©Ã¼"],
  ["the end of a language", "null"],
];

/** Escapes of surrogates: without its other half, one is no character, and UTF-8 has no bytes for it. */
const LONE: readonly (readonly [name: string, json: string])[] = [
  ["a high surrogate", String.raw`"\ud800"`],
  ["the last high surrogate", String.raw`"\udbff"`],
  ["a low surrogate", String.raw`"\udc00"`],
  ["the last low surrogate", String.raw`"\udfff"`],
  ["surrogates the wrong way round", String.raw`"\ude00\ud83d"`],
  ["two high surrogates", String.raw`"\ud83d\ud83d"`],
  ["a pair and a half", String.raw`"\ud83d\ude00\ud83d"`],
  ["a high surrogate before a letter", String.raw`"\ud83dx"`],
  ["half an emoji, cut by a limit", '"RU\ud83d"'],
  ["an overlong NUL in surrogates", String.raw`"\ud800\u0000"`],
];

export const TEXT: readonly HostileBody[] = [
  ...controls,
  ...ODD.flatMap(([name, text]) => [
    loads(`${name} in texts`, `{"user_id":${quoted(text)},"locale":${quoted(text)}}`, {
      user_id: text,
      locale: text,
    }),
    loads(`${name} in a masked text`, withField("device_id", quoted(text)), {
      user_id: "u",
      device_id: text,
    }),
  ]),
  ...LONE.flatMap(([name, json]) => [
    rejects(`${name} in a text`, withField("locale", json), "unstorable_text", "locale"),
    rejects(`${name} in a masked text`, withField("ip", json), "unstorable_text", "ip"),
    loads(`${name} where nobody looks`, withField("x", json)),
  ]),
  rejects("a NUL in the required text", '{"user_id":"\\u0000"}', "unstorable_text", "user_id"),
  rejects("a NUL in a masked text", withField("device_id", '"593\\u0000"'), "unstorable_text", "device_id"),
  loads("a NUL where nobody looks", withField("x", '"\\u0000"')),
  loads("an emoji in escapes", withField("locale", '"\\uD83D\\uDE00"'), { user_id: "u", locale: "😀" }),
  loads("every short escape", withField("locale", '"\\"\\\\\\/\\b\\f\\n\\r\\t"'), {
    user_id: "u",
    locale: '"\\/\b\f\n\r\t',
  }),
];
