import { type HostileBody, loads, rejects, withField } from "./case.js";

const FIELDS = ["user_id", "device_type", "ip", "device_id", "locale", "app_version"] as const;

const WRONG: readonly (readonly [name: string, json: string])[] = [
  ["zero", "0"],
  ["a number", "42"],
  ["a fraction", "2.3"],
  ["true", "true"],
  ["false", "false"],
  ["an empty object", "{}"],
  ["an object", '{"value":"u"}'],
  ["an empty array", "[]"],
  ["an array of one text", '["u"]'],
  ["a typed value of DynamoDB", '{"S":"u"}'],
  ["a union of Avro", '{"string":"u"}'],
  ["a Buffer of Node", '{"type":"Buffer","data":[117]}'],
];

const inField = (field: string, json: string): string =>
  field === "user_id" ? `{"user_id":${json}}` : withField(field, json);

const absent = FIELDS.flatMap((field) =>
  field === "user_id"
    ? [
        rejects("null for user_id", '{"user_id":null}', "missing", "user_id"),
        rejects("no user_id", '{"locale":"RU","ip":"1.2.3.4"}', "missing", "user_id"),
      ]
    : [loads(`null for ${field}`, withField(field, "null"))],
);

const TEXTS = ["", " ", "null", "NULL", "undefined", "None", "NaN", "true", "0", "-", "\\N", "{}", "[]"];

const texts = TEXTS.map((text) => {
  const json = JSON.stringify(text);
  return loads(
    `the text ${json} everywhere`,
    `{"user_id":${json},"device_type":${json},"ip":${json},"device_id":${json},"locale":${json}}`,
    { user_id: text, device_type: text, ip: text, device_id: text, locale: text },
  );
});

export const TYPES: readonly HostileBody[] = [
  ...FIELDS.flatMap((field) =>
    WRONG.map(([name, json]) => rejects(`${name} for ${field}`, inField(field, json), "wrong_type", field)),
  ),
  ...absent,
  ...texts,
];
