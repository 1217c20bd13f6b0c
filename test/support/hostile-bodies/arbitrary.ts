import fc from "fast-check";
import { loginEvents } from "../events.js";
import { HOSTILE_BODIES } from "../hostile-bodies.js";

const KEYS = ["user_id", "device_type", "ip", "device_id", "locale", "app_version"] as const;

/** UTF-16 units one by one, lone surrogates among them; code points; characters as people see them. */
const text = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
);

const key = fc.oneof(fc.constantFrom(...KEYS, "__proto__", "constructor", "k0", "k1", "k2", "k3"), text);

const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ depthSize: "small" }, tie("leaf"), fc.array(tie("json")), fc.dictionary(key, tie("json"))),
  leaf: fc.oneof(text, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
}));

const anyJson = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  fc.dictionary(key, json).map((value) => JSON.stringify(value)),
  fc.json({ stringUnit: "binary" }),
  fc.jsonValue({ stringUnit: "grapheme" }).map((value) => JSON.stringify(value)),
);

/** The right fields with any text in them: most of these are loaded. */
const anyEvent = fc
  .record(
    {
      user_id: text,
      device_type: fc.string({ unit: "grapheme", maxLength: 16 }),
      ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), text),
      device_id: text,
      locale: fc.option(fc.string({ unit: "binary", maxLength: 34 })),
      app_version: fc.oneof(fc.stringMatching(/^\d{1,3}(\.\d{1,3}){0,3}$/), text),
    },
    { requiredKeys: ["user_id"] },
  )
  .map((event) => JSON.stringify(event));

const bytes = fc
  .tuple(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom("latin1" as const, "utf8" as const, "utf16le" as const),
  )
  .map(([array, encoding]) => Buffer.from(array).toString(encoding));

const seeds = [
  ...loginEvents(20),
  ...HOSTILE_BODIES.map(({ body }) => body).filter(({ length }) => length < 2_000),
];

/** Events and hostile bodies with a piece cut out, repeated or replaced by something else. */
const mutated = fc
  .record({
    body: fc.constantFrom(...seeds),
    at: fc.nat({ max: 2_000 }),
    length: fc.nat({ max: 20 }),
    instead: fc.oneof(
      fc.constantFrom("", '"', "\\", "{", "}", "[", ",", ":", "null", "0", "\\u0000", "\\ud800"),
      text,
    ),
    repeats: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ body, at, length, instead, repeats }) => {
    const start = at % (body.length + 1);
    const piece = body.slice(start, start + length);
    return body.slice(0, start) + piece.repeat(repeats) + instead + body.slice(start + length);
  });

/** Any body: JSON of every form, events with any text in them, mutated events, any text, any bytes. */
export const anyBody: fc.Arbitrary<string> = fc.oneof(anyEvent, mutated, anyJson, text, bytes);
