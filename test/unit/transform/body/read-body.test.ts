import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BodyFormat, ENCODINGS, ENVELOPES, PLAIN_BODY } from "../../../../src/config/formats.js";
import { LARGEST_PAYLOAD_BYTES } from "../../../../src/transform/body/decode-text.js";
import { readBody } from "../../../../src/transform/body/read-body.js";
import {
  base64,
  bridgeEvent,
  gzipBase64,
  s3Pointer,
  snsConfirmation,
  snsNotification,
} from "../../../support/wrapped-bodies.js";

const RECORD = { order: 7, note: "ä\u{1F600}" };
const JSON_TEXT = JSON.stringify(RECORD);

function read(body: string, format: Partial<BodyFormat> = {}, payload?: string): unknown {
  const read = readBody(body, { ...PLAIN_BODY, ...format }, payload);
  if ("reject" in read) return `${read.reject.code} ${read.reject.field ?? ""}`.trim();
  return "pointer" in read ? read.pointer : read.records;
}

describe("records", () => {
  test.each([
    ["an object", JSON_TEXT, [RECORD]],
    ["an object behind a byte order mark", `\ufeff${JSON_TEXT}`, [RECORD]],
    ["a list", '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ["a list of one", '[{"a":1}]', [{ a: 1 }]],
    ["lines", '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    [
      "lines with CRLF, blank ones between, one at the end",
      '\r\n{"a":1}\r\n\n \t\r\n{"a":2}\r\n',
      [{ a: 1 }, { a: 2 }],
    ],
    ["lines behind a byte order mark", '\ufeff{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ["one line with its end", '{"a":1}\n', [{ a: 1 }]],
    ["nothing", "", "empty_body"],
    ["white space", "\ufeff \r\n", "empty_body"],
    ["an empty list", "[]", "no_records"],
    ["a list that holds no object", '[{"a":1},7]', "not_an_object [1]"],
    ["a list in a list", "[[]]", "not_an_object [0]"],
    ["a scalar", "7", "not_an_object"],
    ["a broken line", '{"a":1}\n{"a":', "not_json [1]"],
    ["a line that is no object", '{"a":1}\n\n{"a":2}\n7', "not_an_object [2]"],
    ["an object over several lines, broken", '{\n"a":1,\n', "not_json"],
    ["two objects on a line", '{"a":1}{"a":2}', "not_json"],
    ["scalars on lines", "1\n2", "not_json"],
    ["too many lines", "{}\n".repeat(100_001), "too_many_records"],
    ["too many elements", `[${"{},".repeat(100_000)}{}]`, "too_many_records"],
  ])("%s", (_name, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  test("a body is a list where its fields have to say which record they are of", () => {
    const isList = (body: string) => readBody(body, PLAIN_BODY);
    expect(isList('[{"a":1}]')).toMatchObject({ isList: true });
    expect(isList('{"a":1}\n{"a":1}')).toMatchObject({ isList: true });
    expect(isList('{"a":1}\n')).toMatchObject({ isList: false });
  });

  test("any records come back from lines and from a list", () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(records, fc.constantFrom("\n", "\r\n", "\n\n"), (objects, end) => {
        const plain: unknown = JSON.parse(JSON.stringify(objects));
        expect(read(JSON.stringify(objects))).toEqual(plain);
        expect(read(objects.map((object) => JSON.stringify(object)).join(end))).toEqual(plain);
      }),
    );
  });
});

describe("encodings", () => {
  test.each([
    ["base64", base64(JSON_TEXT), [RECORD]],
    ["base64", `${base64(JSON_TEXT)}\n`, [RECORD]],
    ["base64", base64(`\ufeff${JSON_TEXT}`), [RECORD]],
    ["base64", base64('{"a":1}\n{"a":2}'), [{ a: 1 }, { a: 2 }]],
    ["gzip+base64", gzipBase64(JSON_TEXT), [RECORD]],
    ["gzip+base64", base64(Buffer.concat([gzipSync('{"a":'), gzipSync("1}")])), [{ a: 1 }]],
    ["base64", JSON_TEXT, "not_base64"],
    ["base64", "eyJhIjoxfQ", "not_base64"],
    ["base64", `${base64(JSON_TEXT).slice(0, 20)}\n${base64(JSON_TEXT).slice(20)}`, "not_base64"],
    ["base64", base64(JSON_TEXT).replace("J", "-"), "not_base64"],
    ["base64", "eyJhIjoxf=", "not_base64"],
    ["base64", "eyJhIjoxfR==", "not_base64"],
    ["base64", base64(Buffer.from([0x7b, 0xff, 0x7d])), "not_utf8"],
    ["base64", base64("no json"), "not_json"],
    ["base64", "", "empty_body"],
    ["gzip+base64", base64(JSON_TEXT), "not_gzip"],
    ["gzip+base64", base64(gzipSync(JSON_TEXT).subarray(0, -9)), "not_gzip"],
    ["gzip+base64", base64(gzipSync(Buffer.from([0xc3, 0x28]))), "not_utf8"],
    ["gzip+base64", gzipBase64(""), "empty_body"],
  ] as const)("%s of %j", (encoding, body, expected) => {
    expect(read(body, { encoding })).toEqual(expected);
  });

  test("a damaged checksum is seen", () => {
    const bytes = gzipSync(JSON_TEXT);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 6) ^ 1, bytes.length - 6);
    expect(read(base64(bytes), { encoding: "gzip+base64" })).toBe("not_gzip");
  });

  test("what inflates beyond the limit is not inflated to its end", () => {
    const bomb = base64(gzipSync(Buffer.alloc(LARGEST_PAYLOAD_BYTES + 1, " ")));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(read(bomb, { encoding: "gzip+base64" })).toBe("too_large");
  });
});

describe("envelopes", () => {
  const attributes = {
    kind: { Type: "String", Value: "order" },
    amount: { Type: "Number", Value: "12.5" },
    bytes: { Type: "Binary", Value: "AAEC" },
    ["__proto__"]: { Type: "String", Value: "own" },
  };
  const body = (text: string, format: Partial<BodyFormat>) => readBody(text, { ...PLAIN_BODY, ...format });

  test.each(["sns", "auto"] as const)("%s takes a notification of SNS apart", (envelope) => {
    const read = body(snsNotification(JSON_TEXT, attributes), { envelope });
    expect(read).toMatchObject({
      records: [RECORD],
      isList: false,
      envelope: { TopicArn: "arn:aws:sns:eu-west-1:123456789012:orders", Subject: "New order" },
    });
    expect("attributes" in read && Object.entries(read.attributes ?? {})).toEqual([
      ["kind", "order"],
      ["amount", "12.5"],
      ["__proto__", "own"],
    ]);
  });

  test.each(["eventbridge", "auto"] as const)("%s takes the detail of an event", (envelope) => {
    expect(body(bridgeEvent(RECORD), { envelope })).toMatchObject({
      records: [RECORD],
      envelope: { "detail-type": "Order Placed", source: "shop.orders" },
      attributes: undefined,
    });
  });

  test("auto takes an event of EventBridge out of SNS, and both are around the record", () => {
    const read = body(snsNotification(bridgeEvent(RECORD)), { envelope: "auto" });
    expect(read).toMatchObject({
      records: [RECORD],
      envelope: { TopicArn: expect.any(String), "detail-type": "Order Placed" },
    });
  });

  test.each([
    ["raw delivery", JSON_TEXT, [RECORD]],
    ["a list", `[${JSON_TEXT}]`, [RECORD]],
    ["an event that lacks a field", bridgeEvent(RECORD).replace('"region"', '"Region"'), undefined],
    ["an event whose detail is no object", bridgeEvent("text"), undefined],
    [
      "a notification that lacks its topic",
      snsNotification(JSON_TEXT).replace("TopicArn", "Topic"),
      undefined,
    ],
    ["a topic that is none", snsNotification(JSON_TEXT).replace("arn:aws:sns", "arn:aws:sqs"), undefined],
    ["a message that is no text", '{"Type":"Notification","Message":{}}', undefined],
  ])("auto leaves %s as it is", (_name, text, expected) => {
    expect(read(text, { envelope: "auto" })).toEqual(expected ?? [JSON.parse(text)]);
  });

  test.each([
    ["sns", JSON_TEXT, "no_envelope"],
    ["sns", "[1]", "no_envelope"],
    ["sns", bridgeEvent(RECORD), "no_envelope"],
    ["sns", "no json", "not_json"],
    ["sns", "", "empty_body"],
    ["sns", snsNotification("hello"), "not_json"],
    ["eventbridge", JSON_TEXT, "no_envelope"],
    ["eventbridge", snsNotification(JSON_TEXT), "no_envelope"],
    ["eventbridge", `${bridgeEvent(RECORD)}\n${bridgeEvent(RECORD)}`, "no_envelope"],
    ["sns", snsConfirmation("SubscriptionConfirmation"), "sns_confirmation"],
    ["auto", snsConfirmation("UnsubscribeConfirmation"), "sns_confirmation"],
  ] as const)("%s: %j is %s", (envelope, text, code) => {
    expect(read(text, { envelope })).toBe(code);
  });

  test("without an envelope what looks like one is the record", () => {
    const text = snsNotification(JSON_TEXT);
    expect(read(text)).toEqual([JSON.parse(text)]);
  });

  test("sns leaves an event of EventBridge in it as the record", () => {
    expect(read(snsNotification(bridgeEvent(RECORD)), { envelope: "sns" })).toEqual([
      JSON.parse(bridgeEvent(RECORD)),
    ]);
  });

  test("a message of SNS may hold several records", () => {
    expect(read(snsNotification('{"a":1}\n{"a":2}'), { envelope: "sns" })).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe("encodings with envelopes", () => {
  test.each([
    ["an encoded message in SNS", "sns", snsNotification(gzipBase64(JSON_TEXT)), [RECORD]],
    ["an encoded notification", "sns", gzipBase64(snsNotification(JSON_TEXT)), [RECORD]],
    ["an encoded event", "eventbridge", gzipBase64(bridgeEvent(RECORD)), [RECORD]],
    ["an encoded event in SNS", "auto", snsNotification(gzipBase64(bridgeEvent(RECORD))), [RECORD]],
    ["no envelope at all", "auto", gzipBase64(JSON_TEXT), [RECORD]],
    ["encoded twice", "auto", snsNotification(gzipBase64(gzipBase64(JSON_TEXT))), "not_json"],
    ["an event that is not encoded", "eventbridge", bridgeEvent(RECORD), "not_base64"],
    ["a message that is not encoded", "sns", snsNotification(JSON_TEXT), "not_base64"],
  ] as const)("%s", (_name, envelope, text, expected) => {
    expect(read(text, { envelope, encoding: "gzip+base64" })).toEqual(expected);
  });
});

describe("pointers to S3", () => {
  const s3Buckets = ["payloads", "more"];
  const pointer = { bucket: "payloads", key: "a/b" };

  test.each([
    ["software.amazon.payloadoffloading.PayloadS3Pointer"],
    ["com.amazon.sqs.javamessaging.MessageS3Pointer"],
    ["awsv2.repackaged.software.amazon.payloadoffloading.PayloadS3Pointer"],
  ])("%s is one", (name) => {
    expect(read(s3Pointer("payloads", "a/b", name), { s3Buckets })).toEqual(pointer);
    expect(read(` ${s3Pointer("payloads", "a/b", name)}\n`, { s3Buckets }, JSON_TEXT)).toEqual([RECORD]);
  });

  test.each([
    ["without buckets", s3Pointer("payloads", "a"), [], "s3_pointer"],
    ["to another bucket", s3Pointer("theirs", "a"), s3Buckets, "s3_bucket_not_allowed"],
    ["without a key", s3Pointer("payloads", ""), s3Buckets, "s3_pointer"],
    ["to a key that is no text", s3Pointer("payloads", "\ud800"), s3Buckets, "s3_pointer"],
    ["to a key that is too long", s3Pointer("payloads", "k".repeat(1025)), s3Buckets, "s3_pointer"],
    ["with more in the list", s3Pointer("payloads", "a").replace("]", ",1]"), s3Buckets, "s3_pointer"],
    ["of another class", s3Pointer("payloads", "a", "PayloadS3Pointer"), s3Buckets, "not_an_object [0]"],
    ["that is a record", '{"a":"S3Pointer"}', s3Buckets, [{ a: "S3Pointer" }]],
  ])("%s", (_name, text, buckets, expected) => {
    expect(read(text, { s3Buckets: buckets })).toEqual(expected);
  });

  test("the payload is read like a body, and a pointer in it is not followed", () => {
    const format = { s3Buckets, envelope: "auto", encoding: "gzip+base64" } as const;
    const text = s3Pointer("payloads", "a/b");
    expect(read(text, format, gzipBase64(JSON_TEXT))).toEqual([RECORD]);
    expect(read(text, format, snsNotification(gzipBase64(JSON_TEXT)))).toEqual([RECORD]);
    expect(read(text, { s3Buckets }, text)).toEqual(pointer);
  });

  test("a pointer in a notification of SNS is one, and the notification stays around it", () => {
    const text = snsNotification(s3Pointer("payloads", "a/b"));
    const format: BodyFormat = { ...PLAIN_BODY, s3Buckets, envelope: "sns" };
    expect(readBody(text, format)).toEqual({ pointer });
    expect(readBody(text, format, JSON_TEXT)).toMatchObject({
      records: [RECORD],
      envelope: { Subject: "New order" },
    });
  });
});

test("whatever a body holds, it is read or rejected, without a word of it in the reject", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.base64String(),
    fc.json(),
    fc.json().map((text) => snsNotification(text)),
    fc.json().map(gzipBase64),
    fc.string().map((key) => s3Pointer("canary-bucket", key)),
  );
  const formats = fc.record({
    envelope: fc.constantFrom(...ENVELOPES),
    encoding: fc.constantFrom(...ENCODINGS),
    s3Buckets: fc.constantFrom([], ["payloads"]),
  });
  fc.assert(
    fc.property(texts, formats, fc.option(texts, { nil: undefined }), (text, format, payload) => {
      const read = readBody(text, format, payload);
      if (!("reject" in read)) return;
      const { code, field, reason, stage } = read.reject;
      expect(stage).toBe("parse");
      expect(code).toMatch(/^[a-z0-9_]+$/);
      expect(field ?? "[0]").toMatch(/^\[\d+\]$/);
      expect(reason).not.toContain("canary-bucket");
    }),
    { numRuns: 500 },
  );
});
