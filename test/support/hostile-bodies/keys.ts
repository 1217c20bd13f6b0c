import { type HostileBody, loads, quoted, rejects, withField } from "./case.js";

/** Names that every object of JavaScript answers to, or that code likes to trip over. */
const INHERITED = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"],
  ...["toJSON", "then", "length", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "0", "-1"],
  ...["undefined", "null", "NaN", "$where", "$ne", "$sent_at", "$message_id", "message_id", "create_date"],
];

const inherited = INHERITED.flatMap((key) => {
  const name = quoted(key);
  const object = `{"user_id":"x","locale":"XX","ip":"1.2.3.4","polluted":true}`;
  return [
    loads(`a key ${key}`, withField(key, object)),
    rejects(`a key ${key} instead of the record`, `{${name}:${object}}`, "missing", "user_id"),
    rejects(`a key ${key} in a text`, withField("locale", `{${name}:${object}}`), "wrong_type", "locale"),
  ];
});

/** Almost `user_id`. */
const NOT_THE_KEY: readonly (readonly [name: string, key: string])[] = [
  ["in capitals", "USER_ID"],
  ["in camel case", "userId"],
  ["with a space before it", " user_id"],
  ["with a space after it", "user_id "],
  ["with a newline", "user_id\n"],
  ["with a NUL", "user_id\0"],
  ["with a zero width space", "user\u200b_id"],
  ["with a soft hyphen", "user\u00ad_id"],
  ["with a byte order mark", "\ufeffuser_id"],
  ["with a Cyrillic letter", "us\u0435r_id"],
  ["in full width", "ｕｓｅｒ＿ｉｄ"],
  ["with a combining accent", "use\u0301r_id"],
  ["with a dotless i", "user_\u0131d"],
  ["in quotes", '"user_id"'],
  ["with a dollar", "$user_id"],
  ["as a path", "event.user_id"],
  ["with a lone surrogate", "user_id\ud800"],
];

const duplicates: readonly HostileBody[] = [
  loads("a key twice: the last one", '{"user_id":"x","user_id":"u"}'),
  loads("a key twice, the first one of a wrong type", '{"user_id":5,"user_id":"u"}'),
  rejects(
    "a key twice, the last one of a wrong type",
    '{"user_id":"u","user_id":5}',
    "wrong_type",
    "user_id",
  ),
  rejects("a key twice, the last one null", '{"user_id":"u","user_id":null}', "missing", "user_id"),
  loads("a key twice, once in escapes", '{"user_id":"x","\\u0075ser_id":"u"}'),
  loads("a masked key twice", '{"user_id":"u","ip":"1.2.3.4","ip":"5.6.7.8"}', {
    user_id: "u",
    ip: "5.6.7.8",
  }),
  loads("__proto__ twice", '{"user_id":"u","__proto__":1,"__proto__":{"locale":"XX"}}'),
];

export const KEYS: readonly HostileBody[] = [
  ...inherited,
  ...NOT_THE_KEY.map(([name, key]) =>
    rejects(`user_id ${name}`, `{${quoted(key)}:"u"}`, "missing", "user_id"),
  ),
  ...duplicates,
  loads("a key in escapes", '{"\\u0075\\u0073er\\u005fid":"u"}'),
  loads("keys that differ in their normalisation", '{"user_id":"u","caf\u00e9":1,"cafe\u0301":2}'),
  loads("keys that differ in their case", '{"user_id":"u","User_Id":"x","USER_ID":"y"}'),
  loads("an empty key", withField("", "1")),
  loads("a key of one space", withField(" ", "1")),
  loads("a key with a NUL", withField("a\0b", "1")),
  loads("a key that is a lone surrogate", '{"user_id":"u","\\ud800":1}'),
  loads("a key with an escape sequence", withField("\u001b[31m", "1")),
  loads("a key from right to left", withField("\u202eresu", "1")),
  loads("a key of 5,000 emoji", withField("😀".repeat(5_000), "1")),
  loads("keys that are paths", withField("ip.address", '"1.2.3.4"')),
  loads(
    "prototype chains at each level",
    withField("x", '{"__proto__":{"__proto__":{"constructor":{"prototype":{}}}}}'),
  ),
];
