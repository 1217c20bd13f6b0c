import { expect, test } from "vitest";
import { loginTransform, message } from "./support.js";

const transform = loginTransform();
const event = (fields: string): string => `{"user_id":"u",${fields}}`;

function judged(body: string): unknown {
  const outcome = transform(message(body));
  if ("row" in outcome) return "row";
  const { stage, code, field } = outcome.reject;
  return field === null ? `${stage} ${code}` : `${stage} ${code} ${field}`;
}

const nul = String.raw`\u0000`;
const lone = String.raw`\ud800`;

test.each([
  ["an empty body", "", "parse empty_body"],
  ["white space alone", " \t\r\n", "parse empty_body"],
  ["a byte order mark alone", "\ufeff", "parse empty_body"],
  ["no JSON", "hello", "parse not_json"],
  ["a cut-off object", '{"user_id":"u"', "parse not_json"],
  ["trailing garbage", '{"user_id":"u"} x', "parse not_json"],
  ["two documents", '{"user_id":"u"}{"user_id":"u"}', "parse not_json"],
  ["a JSON number", "123", "parse not_an_object"],
  ["a JSON string", '"text"', "parse not_an_object"],
  ["JSON null", "null", "parse not_an_object"],
  ["an array", '[{"user_id":"u"}]', "parse not_an_object"],
  ["an empty object", "{}", "transform missing user_id"],
  ["a null required field", '{"user_id":null}', "transform missing user_id"],
  ["a byte order mark", '\ufeff{"user_id":"u"}', "row"],
  ["two byte order marks", '\ufeff\ufeff{"user_id":"u"}', "parse not_json"],
  ["an unknown nested field", event('"x":{"y":[{"z":1}]}'), "row"],
  ["a nested value in a text column", event('"locale":{"a":1}'), "transform wrong_type locale"],
  ["an array in a masked column", event('"ip":["1.2.3.4"]'), "transform wrong_type ip"],
  ["a number in a masked column", event('"device_id":5935'), "transform wrong_type device_id"],
  ["a number in a text column", '{"user_id":1}', "transform wrong_type user_id"],
  ["a boolean for a version", event('"app_version":true'), "transform wrong_type app_version"],
  ["a number for a version", event('"app_version":2.3'), "transform wrong_type app_version"],
  ["NUL in a text column", event(`"locale":"a${nul}b"`), "transform unstorable_text locale"],
  ["NUL in a masked column", event(`"ip":"a${nul}b"`), "transform unstorable_text ip"],
  ["NUL in an unknown field", event(`"x${nul}":"a${nul}b"`), "row"],
  ["a lone surrogate in a text column", event(`"locale":"${lone}"`), "transform unstorable_text locale"],
  [
    "a lone surrogate in a masked column",
    event(`"device_id":"${lone}x"`),
    "transform unstorable_text device_id",
  ],
  ["a surrogate pair", event(String.raw`"locale":"\ud83d\ude00"`), "row"],
  ["33 characters for 32", event(`"locale":"${"x".repeat(33)}"`), "transform too_long locale"],
  ["32 characters outside the BMP", event(`"locale":"${"😀".repeat(32)}"`), "row"],
  ["33 characters outside the BMP", event(`"locale":"${"😀".repeat(33)}"`), "transform too_long locale"],
  ["trailing spaces over the limit", event(`"locale":"RU${" ".repeat(31)}"`), "transform too_long locale"],
  ["duplicate keys, the last one good", '{"user_id":5,"user_id":"u"}', "row"],
  ["duplicate keys, the last one bad", '{"user_id":"u","user_id":5}', "transform wrong_type user_id"],
  ["a __proto__ key", '{"__proto__":{"user_id":"u"}}', "transform missing user_id"],
  ["a constructor key", event('"constructor":{"prototype":{"ip":1}}'), "row"],
  ["a number beyond 2^53 elsewhere", event('"x":9007199254740993'), "row"],
  ["10,000 levels elsewhere", event(`"x":${"[".repeat(10_000)}${"]".repeat(10_000)}`), "row"],
  [
    "10,000 levels in a column",
    event(`"ip":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
    "transform wrong_type ip",
  ],
  ["10,000 levels alone", "[".repeat(10_000) + "]".repeat(10_000), "parse not_an_object"],
  ["256 KB", event(`"x":"${"a".repeat(262_144 - 21)}"`), "row"],
  ["1 MiB", event(`"x":"${"a".repeat(1_048_576 - 21)}"`), "row"],
  ["1 MiB in a masked column", event(`"ip":"${"a".repeat(1_048_576 - 22)}"`), "row"],
  ["1 MiB in a text column", event(`"locale":"${"a".repeat(1_048_000)}"`), "transform too_long locale"],
])("%s", (_name, body, expected) => {
  expect(judged(body)).toBe(expected);
});

test("__proto__ keys change nothing for the next message", () => {
  transform(message('{"user_id":"u","__proto__":{"locale":"XX","polluted":1}}'));
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(transform(message('{"user_id":"u"}'))).toMatchObject({
    row: { values: ["u", null, null, null, null, null, expect.anything()] },
  });
});
