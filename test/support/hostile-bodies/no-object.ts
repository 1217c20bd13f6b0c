import { type HostileBody, quoted, rejects, SAMPLE_EVENT } from "./case.js";

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
  ["an empty array", "[]"],
  ["an array of null", "[null]"],
  ["an array with an event", `[${SAMPLE_EVENT}]`],
  ["an array of events", `[${SAMPLE_EVENT},${SAMPLE_EVENT}]`],
  ["an array of arrays", "[[],[[]]]"],
  ["an array of pairs", '[["user_id","u"]]'],
  ["an array of values", '["u","2.3.0","android"]'],
  ["an array of 100,000 numbers", `[${"0,".repeat(99_999)}0]`],
  ["a byte order mark and null", "\ufeffnull"],
  [
    "a pointer to S3",
    '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]',
  ],
  [
    "an older pointer to S3",
    '["com.amazon.sqs.javamessaging.MessageS3Pointer",{"s3BucketName":"b","s3Key":"k"}]',
  ],
];

export const NO_OBJECT: readonly HostileBody[] = bodies.map(([name, body]) =>
  rejects(name, body, "not_an_object"),
);
