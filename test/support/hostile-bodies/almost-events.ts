import { type HostileBody, loads, quoted, rejects, SAMPLE_EVENT, SAMPLE_ROW } from "./case.js";

const record = { user_id: "u", ip: "1.2.3.4", locale: "RU" };
const text = quoted(record);

/** Events inside of something else: nobody told us to look there. */
const WRAPPED: readonly (readonly [name: string, wrapped: unknown])[] = [
  ["an empty object", {}],
  ["the message of somebody else", { foo: "oops_wrong_msg_type", bar: "123" }],
  [
    "a notification of SNS",
    { Type: "Notification", MessageId: "1", TopicArn: "arn:aws:sns:::t", Message: text },
  ],
  [
    "a confirmation of SNS",
    { Type: "SubscriptionConfirmation", Token: "t", SubscribeURL: "https://example.org/" },
  ],
  ["an event of EventBridge", { version: "0", "detail-type": "login", source: "app", detail: record }],
  ["a notification of S3", { Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "b" } } }] }],
  ["a test of S3", { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "b" }],
  ["a pointer to S3 in an object", { s3BucketName: "b", s3Key: "k" }],
  ["a record of Kinesis", { kinesis: { data: Buffer.from(text).toString("base64") } }],
  ["an event of SQS to Lambda", { Records: [{ messageId: "1", body: text }] }],
  [
    "a failure of Lambda",
    { requestContext: {}, requestPayload: record, responsePayload: { errorMessage: "x" } },
  ],
  ["an event of API Gateway", { httpMethod: "POST", isBase64Encoded: false, body: text }],
  ["a CloudEvent", { specversion: "1.0", type: "login", data: record }],
  ["a change of Debezium", { payload: { before: null, after: record, op: "c" } }],
  ["a task of Celery", { body: Buffer.from(text).toString("base64"), "content-encoding": "utf-8" }],
  ["a job of Sidekiq", { class: "LoginJob", args: [record], jid: "1" }],
  [
    "a job of Laravel",
    { job: "Illuminate\\Queue\\CallQueuedHandler@call", data: { command: 'O:5:"Login":0:{}' } },
  ],
  ["a request of JSON-RPC", { jsonrpc: "2.0", method: "login", params: record, id: 1 }],
  ["a batch", { events: [record, record] }],
  ["a list under user_ids", { user_ids: ["u"] }],
  ["an error of the sender", { error: "Internal Server Error", status: 500 }],
  ["keys as values", { key: "user_id", value: "u" }],
  ["an event under its id", { u: record }],
];

const { user_id: _user, ...anonymous } = JSON.parse(SAMPLE_EVENT);

export const ALMOST_EVENTS: readonly HostileBody[] = [
  ...WRAPPED.map(([name, wrapped]) => rejects(name, quoted(wrapped), "missing", "user_id")),
  loads("an event as it should be", SAMPLE_EVENT, SAMPLE_ROW),
  loads("an event with a byte order mark", `\ufeff${SAMPLE_EVENT}`, SAMPLE_ROW),
  loads("an event in white space", ` \r\n\t${SAMPLE_EVENT}\n`, SAMPLE_ROW),
  loads("an event over several lines", JSON.stringify(JSON.parse(SAMPLE_EVENT), null, 2), SAMPLE_ROW),
  loads(
    "an event with its keys in another order",
    quoted(Object.fromEntries(Object.entries(JSON.parse(SAMPLE_EVENT)).reverse())),
    SAMPLE_ROW,
  ),
  loads(
    "an event inside of an event",
    quoted({ ...JSON.parse(SAMPLE_EVENT), event: JSON.parse(SAMPLE_EVENT) }),
    SAMPLE_ROW,
  ),
  loads(
    "an event with a wish for a column",
    quoted({ ...JSON.parse(SAMPLE_EVENT), masked_ip: "1.2.3.4", create_date: "1970-01-01" }),
    SAMPLE_ROW,
  ),
  rejects("an event without its user", quoted(anonymous), "missing", "user_id"),
  rejects(
    "an event with two mistakes: the first column decides",
    '{"user_id":"u","device_type":1,"locale":2}',
    "wrong_type",
    "device_type",
  ),
  rejects("a list of locales", '{"user_id":"u","locale":["RU","US"]}', "wrong_type", "locale"),
  rejects("addresses by kind", '{"user_id":"u","ip":{"v4":"1.2.3.4","v6":null}}', "wrong_type", "ip"),
  rejects(
    "a user as a number",
    quoted({ ...JSON.parse(SAMPLE_EVENT), user_id: 424 }),
    "wrong_type",
    "user_id",
  ),
];
