import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMessage, wholeNumber } from "../../../src/fetcher/sqs/wire/received-message.js";

const NOW = 1_753_000_000_000;

describe("parseMessage", () => {
  test("reads what SQS sends", () => {
    const message = parseMessage(
      {
        MessageId: "id-1",
        ReceiptHandle: "handle-1",
        Body: "{}",
        MD5OfBody: "99914b932bd37a50b983c5e7c90ae93b",
        Attributes: {
          SentTimestamp: "1752999999999",
          ApproximateReceiveCount: "3",
          ApproximateFirstReceiveTimestamp: "1753000000001",
          SenderId: "AIDA",
          MessageGroupId: "tenant-7",
          SequenceNumber: "18849496460467696128",
        },
        MessageAttributes: {
          source: { DataType: "String", StringValue: "app" },
          weight: { DataType: "Number.float", StringValue: "1.50" },
          picture: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
        },
      },
      NOW,
    );
    expect(message).toEqual({
      messageId: "id-1",
      receiptHandle: "handle-1",
      body: "{}",
      sentAtMs: 1_752_999_999_999,
      receiveCount: 3,
      groupId: "tenant-7",
      sequenceNumber: "18849496460467696128",
      attributes: { source: "app", weight: "1.50" },
    });
  });

  test("an emulator that leaves the rest out gets the receive's time and a count of 1", () => {
    expect(parseMessage({ MessageId: "id", ReceiptHandle: "handle", Body: "" }, NOW)).toEqual({
      messageId: "id",
      receiptHandle: "handle",
      body: "",
      sentAtMs: NOW,
      receiveCount: 1,
      attributes: {},
    });
  });

  test.each(["", "soon", "-1", "1e3", "1753000000000.5", "9007199254740991", "99999999999999999999"])(
    "a SentTimestamp of %j is none",
    (SentTimestamp) => {
      const message = parseMessage(
        { MessageId: "id", ReceiptHandle: "handle", Body: "{}", Attributes: { SentTimestamp } },
        NOW,
      );
      expect(message?.sentAtMs).toBe(NOW);
    },
  );

  test.each(["0", "", "many", "-2"])("a receive count of %j is 1", (ApproximateReceiveCount) => {
    const message = parseMessage(
      { MessageId: "id", ReceiptHandle: "handle", Body: "{}", Attributes: { ApproximateReceiveCount } },
      NOW,
    );
    expect(message?.receiveCount).toBe(1);
  });

  test("without an id or a receipt handle there is no message", () => {
    expect(parseMessage({ MessageId: "id", Body: "{}" }, NOW)).toBeUndefined();
    expect(parseMessage({ ReceiptHandle: "handle", Body: "{}" }, NOW)).toBeUndefined();
    expect(parseMessage({ MessageId: "", ReceiptHandle: "handle", Body: "{}" }, NOW)).toBeUndefined();
  });

  test.each(["no body", '{"Body":null}', '{"Body":5}', '{"Body":{"user_id":"u"}}', '{"Body":["x"]}'])(
    "nor with what is no text in the body's place: %s",
    (json) => {
      const message = {
        MessageId: "id",
        ReceiptHandle: "handle",
        ...(json.startsWith("{") && JSON.parse(json)),
      };
      expect(parseMessage(message, NOW)).toBeUndefined();
    },
  );

  test("an attribute named __proto__ is one like any other", () => {
    const MessageAttributes = Object.fromEntries([
      ["__proto__", { DataType: "String", StringValue: "polluted" }],
    ]);
    const message = parseMessage(
      { MessageId: "id", ReceiptHandle: "handle", Body: "{}", MessageAttributes },
      NOW,
    );
    expect(Object.entries(message?.attributes ?? {})).toEqual([["__proto__", "polluted"]]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("wholeNumber", () => {
  test("reads every safe whole number", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(wholeNumber(String(value))).toBe(value);
      }),
    );
  });

  test("takes a number for its text", () => {
    expect(wholeNumber(5)).toBe(5);
    for (const value of [-1, 1.5, Number.NaN, 1e21, true, null, [3]])
      expect(wholeNumber(value)).toBeUndefined();
  });

  test("gives a safe whole number or nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.bigInt().map(String)), (text) => {
        const value = wholeNumber(text);
        expect(value === undefined || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }),
    );
  });
});
