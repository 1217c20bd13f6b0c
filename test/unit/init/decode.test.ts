import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { chooseForm } from "../../../src/init/body-form.js";
import { decodeBody } from "../../../src/init/decode.js";

const RECORD = { id: 1, state: "new" };
const TEXT = JSON.stringify(RECORD);
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString("base64");
const sns = (Message: string): string =>
  JSON.stringify({
    ...{ Type: "Notification", MessageId: "m", TopicArn: "arn:aws:sns:eu-west-1:1:t" },
    ...{ Timestamp: "2026-01-01T00:00:00Z", Message },
  });
const EVENT = {
  ...{ version: "0", id: "i", "detail-type": "t", source: "s", account: "1", time: "t", region: "r" },
  ...{ resources: [], detail: RECORD },
};

describe("the form of a body", () => {
  test.each([
    ["an object", TEXT, "none", "json", 1],
    ["an array", JSON.stringify([RECORD, RECORD]), "none", "json", 2],
    ["an object a line", `${TEXT}\n${TEXT}\n\n`, "none", "json", 2],
    ["base64", base64(TEXT), "none", "base64", 1],
    ["gzip in base64", base64(gzipSync(TEXT)), "none", "gzip+base64", 1],
    ["SNS", sns(TEXT), "sns", "json", 1],
    ["SNS with gzip", sns(base64(gzipSync(`${TEXT}\n${TEXT}`))), "sns", "gzip+base64", 2],
    ["EventBridge", JSON.stringify(EVENT), "eventbridge", "json", 1],
    ["SNS with a text", sns("hello"), "none", "json", 1],
    [
      "what resembles SNS",
      JSON.stringify({ ...RECORD, Type: "Notification", Message: TEXT }),
      "none",
      "json",
      1,
    ],
    ["what resembles EventBridge", JSON.stringify({ ...EVENT, ...RECORD, region: 1 }), "none", "json", 1],
  ])("%s", (what, body, envelope, encoding, count) => {
    const decoded = decodeBody(body);
    expect(decoded).toMatchObject({ envelope, encoding });
    expect(decoded?.records).toHaveLength(count);
    if (!/text|resembles/.test(what)) expect(decoded?.records[0]).toEqual(RECORD);
  });

  test.each([
    ["no JSON", "hello"],
    ["nothing", ""],
    ["a text", '"text"'],
    ["a number", "12"],
    ["an array of numbers", "[1,2]"],
    ["an empty array", "[]"],
    ["base64 in lines", base64(TEXT.padEnd(200)).replace(/(.{76})/g, "$1\n")],
    ["base64 without its padding", base64(`${TEXT} `).replace(/=+$/, "")],
    ["base64 of no JSON", base64("hello, hello")],
    ["gzip that is cut off", base64(gzipSync(TEXT).subarray(0, 20))],
  ])("%s has none", (_what, body) => {
    expect(decodeBody(body)).toBeUndefined();
  });

  test("a bomb is not unpacked", () => {
    expect(decodeBody(base64(gzipSync(`{"a":"${" ".repeat(17 * 1024 * 1024)}"}`)))).toBeUndefined();
  });
});

test("the form of most decides, and two envelopes that are both no accident are told apart by themselves", () => {
  const [plain, wrapped] = [
    { envelope: "none", encoding: "json" },
    { envelope: "sns", encoding: "json" },
  ] as const;
  expect(chooseForm([...Array(99).fill(wrapped), plain])).toEqual(wrapped);
  expect(chooseForm([...Array(60).fill(wrapped), ...Array(40).fill(plain)])).toEqual({
    envelope: "auto",
    encoding: "json",
  });
});
