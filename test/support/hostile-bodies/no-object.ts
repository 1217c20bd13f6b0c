import { type HostileBody, loads, quoted, rejects, SAMPLE_EVENT, SAMPLE_ROW } from "./case.js";

const bodies: readonly (readonly [name: string, body: string])[] = [
  ["null alone", "null"],
  ["true alone", "true"],
  ["false alone", "false"],
  ["zero alone", "0"],
  ["minus zero alone", "-0"],
  ["a number alone", "42"],
  ["a number beyond all doubles alone", "1e400"],
  ["10,000 digits alone", "9".repeat(10_000)],
  ["an empty string", '""'],
  ["a string", '"u"'],
  ["a string with a NUL", '"\\u0000"'],
  ["a string with a lone surrogate", '"\\ud800"'],
  ["1 MiB in one string", `"${"a".repeat(1_048_574)}"`],
  ["an event encoded twice", quoted(SAMPLE_EVENT)],
  ["an event encoded three times", quoted(quoted(SAMPLE_EVENT))],
  ["base64 of an event in quotes", quoted(Buffer.from(SAMPLE_EVENT).toString("base64"))],
  ["a byte order mark and null", "\ufeffnull"],
];

/** Lists are taken for lists of records. */
const lists: readonly HostileBody[] = [
  rejects("an empty array", "[]", "no_records"),
  rejects("an array of null", "[null]", "not_an_object", "[0]"),
  loads("an array with an event", `[${SAMPLE_EVENT}]`, SAMPLE_ROW),
  rejects("an array of events, one of them broken", `[${SAMPLE_EVENT},{}]`, "missing", "[1].user_id"),
  rejects("an array of arrays", "[[],[[]]]", "not_an_object", "[0]"),
  rejects("an array of pairs", '[["user_id","u"]]', "not_an_object", "[0]"),
  rejects("an array of values", '["u","2.3.0","android"]', "not_an_object", "[0]"),
  rejects("an array that ends in a value", `[${SAMPLE_EVENT},7]`, "not_an_object", "[1]"),
  rejects("an array of 100,000 numbers", `[${"0,".repeat(99_999)}0]`, "not_an_object", "[0]"),
  rejects("an array of 100,001 objects", `[${"{},".repeat(100_000)}{}]`, "too_many_records"),
  rejects("lines of JSON, one of them broken", `${SAMPLE_EVENT}\n{"user_id":\n`, "not_json", "[1]"),
  rejects("lines of JSON, one of them no event", `${SAMPLE_EVENT}\n\n{}\n`, "missing", "[1].user_id"),
  rejects("lines of JSON, one of them no object", `${SAMPLE_EVENT}\n7`, "not_an_object", "[1]"),
];

/** We were not told to look there. */
const pointers: readonly HostileBody[] = [
  rejects(
    "a pointer to S3",
    '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]',
    "s3_pointer",
  ),
  rejects(
    "an older pointer to S3",
    '["com.amazon.sqs.javamessaging.MessageS3Pointer",{"s3BucketName":"b","s3Key":"k"}]',
    "s3_pointer",
  ),
];

export const NO_OBJECT: readonly HostileBody[] = [
  ...bodies.map(([name, body]) => rejects(name, body, "not_an_object")),
  ...lists,
  ...pointers,
];
