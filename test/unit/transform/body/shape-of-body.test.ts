import { expect, test } from "vitest";
import { type BodyFormat, PLAIN_BODY } from "../../../../src/config/formats.js";
import { shapeOfBody } from "../../../../src/transform/body/shape-of-body.js";
import {
  base64,
  bridgeEvent,
  gzipBase64,
  s3Pointer,
  snsNotification,
} from "../../../support/wrapped-bodies.js";

function shape(body: string, format: Partial<BodyFormat> = {}, payload?: string): unknown {
  return shapeOfBody({ body }, { ...PLAIN_BODY, ...format }, new Set(), payload);
}

test("it is the shape of the records, whatever they are wrapped in", () => {
  const text = '{"ip":"1.2.3.4"}';
  const expected = { ip: "string(7)" };
  expect(shape(text)).toEqual(expected);
  expect(shape(base64(text), { encoding: "base64" })).toEqual(expected);
  expect(shape(snsNotification(gzipBase64(text)), { envelope: "sns", encoding: "gzip+base64" })).toEqual(
    expected,
  );
  expect(shape(bridgeEvent({ ip: "1.2.3.4" }), { envelope: "auto" })).toEqual(expected);
  expect(shape(s3Pointer("b", "k"), { s3Buckets: ["b"] }, text)).toEqual(expected);
});

test("of several records it is a list", () => {
  expect(shape('{"a":1}\n{"b":null}')).toEqual([{ a: "number" }, { b: "null" }]);
  expect(shape('[{"a":1},{"a":2},{"a":3},{"a":4}]')).toEqual([
    { a: "number" },
    { a: "number" },
    { a: "number" },
    "and 1 more",
  ]);
});

test("what cannot be read has the shape of the body as it stands", () => {
  expect(shape("no json")).toBe("text(7)");
  expect(shape("%%%", { encoding: "base64" })).toBe("text(3)");
  expect(shape(s3Pointer("b", "k"))).toEqual([
    "string(50)",
    { "<key:12>": "string(1)", "<key:5>": "string(1)" },
  ]);
  expect(shape(s3Pointer("b", "k"), { s3Buckets: ["b"] }, "no json")).toBe("text(7)");
});
