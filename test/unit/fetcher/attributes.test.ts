import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAttributes, parseRedrivePolicy } from "../../../src/fetcher/sqs/attributes.js";

const DEAD = "arn:aws:sqs:eu-west-1:123456789012:dead";

describe("parseAttributes", () => {
  test("reads what SQS sends", () => {
    const raw = {
      QueueArn: "arn:aws:sqs:eu-west-1:123456789012:q.fifo",
      ApproximateNumberOfMessages: "12",
      ApproximateNumberOfMessagesNotVisible: "3",
      ApproximateNumberOfMessagesDelayed: "1",
      VisibilityTimeout: "45",
      MaximumMessageSize: "262144",
      FifoQueue: "true",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD, maxReceiveCount: 5 }),
    };
    expect(parseAttributes(raw, "q.fifo")).toEqual({
      visible: 12,
      in_flight: 3,
      delayed: 1,
      arn: "arn:aws:sqs:eu-west-1:123456789012:q.fifo",
      fifo: true,
      visibilitySeconds: 45,
      maximumMessageBytes: 262_144,
      redrivePolicy: { deadLetterTargetArn: DEAD, maxReceiveCount: 5 },
    });
  });

  test("a sloppy emulator's answer gets SQS's defaults", () => {
    expect(parseAttributes({ ApproximateNumberOfMessages: "0" }, "q")).toEqual({
      visible: 0,
      in_flight: 0,
      delayed: 0,
      arn: undefined,
      fifo: false,
      visibilitySeconds: 30,
      maximumMessageBytes: 1_048_576,
      redrivePolicy: undefined,
    });
  });

  test("a FIFO queue is known by its name as well", () => {
    expect(parseAttributes({ ApproximateNumberOfMessages: "0" }, "q.fifo")?.fifo).toBe(true);
  });

  test.each([undefined, "", "many", "-1"])("%j messages are not an empty queue", (value) => {
    const raw = value === undefined ? {} : { ApproximateNumberOfMessages: value };
    expect(parseAttributes(raw, "q")).toBeUndefined();
  });
});

describe("parseRedrivePolicy", () => {
  test("takes the count as a number or as text", () => {
    const expected = { deadLetterTargetArn: DEAD, maxReceiveCount: 3 };
    expect(parseRedrivePolicy(`{"deadLetterTargetArn":"${DEAD}","maxReceiveCount":3}`)).toEqual(expected);
    expect(parseRedrivePolicy(`{"deadLetterTargetArn":"${DEAD}","maxReceiveCount":"3"}`)).toEqual(expected);
  });

  test.each([
    undefined,
    "",
    "{",
    "null",
    "5",
    "[]",
    "{}",
    `{"deadLetterTargetArn":"${DEAD}"}`,
    `{"deadLetterTargetArn":"${DEAD}","maxReceiveCount":0}`,
    `{"deadLetterTargetArn":"${DEAD}","maxReceiveCount":{}}`,
    `{"deadLetterTargetArn":7,"maxReceiveCount":3}`,
    `{"deadLetterTargetArn":"","maxReceiveCount":3}`,
  ])("%j is none", (text) => {
    expect(parseRedrivePolicy(text)).toBeUndefined();
  });

  test("no JSON makes it throw", () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void parseRedrivePolicy(text)));
  });
});
