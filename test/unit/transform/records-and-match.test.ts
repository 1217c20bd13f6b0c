import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { Message } from "../../../src/message.js";
import { compileTransform } from "../../../src/transform/compile.js";
import type { Transform } from "../../../src/transform/types.js";
import { bridgeEvent, gzipBase64, s3Pointer, snsNotification } from "../../support/wrapped-bodies.js";
import { message, openMask } from "./support.js";

type Settings = Readonly<Record<string, unknown>>;

function transformOf(...pipelines: readonly Settings[]): Transform {
  return compileTransform({
    pipelines: pipelines.map((settings) => {
      const columns = { value: { from: "value", type: "text" } };
      return parsePipeline({ queue: "q", table: "t", columns, ...settings }, { source: "test" }).pipeline;
    }),
    maskFor: openMask,
    queueName: "q",
    runId: "run",
  });
}

/** Rows as `target:values`, or the reject as `code field`. */
function outcomeOf(transform: Transform, body: unknown, rest: Partial<Message> = {}): unknown {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const outcome = transform(message(text, rest));
  if ("reject" in outcome) return `${outcome.reject.code} ${outcome.reject.field}`;
  return outcome.rows.map(({ target, values }) => `${target}:${values.join(",")}`);
}

const required = (from: string) => ({ value: { from, type: "text", required: true } });

describe("records", () => {
  const items = transformOf({ records: "order.items" });

  test("each element is a row, and each knows its place", () => {
    expect(outcomeOf(items, { order: { items: [{ value: "a" }, { value: "b" }, {}] } })).toEqual([
      "0:a",
      "0:b",
      "0:",
    ]);
    expect(outcomeOf(items, { order: { items: [{ value: "a" }, { value: 7 }] } })).toBe(
      "wrong_type order.items[1].value",
    );
    expect(outcomeOf(items, [{ order: { items: [{}] } }, { order: { items: [{}, { value: 7 }] } }])).toBe(
      "wrong_type [1].order.items[1].value",
    );
  });

  test.each([
    [{}, "missing order.items"],
    [{ order: null }, "missing order.items"],
    [{ order: { items: null } }, "missing order.items"],
    [{ order: 7 }, "wrong_type order.items"],
    [{ order: { items: {} } }, "wrong_type order.items"],
    [{ order: { items: [] } }, "no_records order.items"],
    [{ order: { items: [{}, 7] } }, "not_an_object order.items[1]"],
    [{ order: { items: [[]] } }, "not_an_object order.items[0]"],
    [[{ order: { items: [{}] } }, {}], "missing [1].order.items"],
  ])("%j is %s", (body, expected) => {
    expect(outcomeOf(items, body)).toBe(expected);
  });

  test("a path from the root reads the record around the element, or around its array in a list", () => {
    const columns = {
      id: { from: "$.id", type: "text", required: true },
      value: { from: "value", type: "text" },
    };
    const transform = transformOf({ records: "items", columns });
    const body = { id: "o1", items: [{ value: "a", id: "inner" }, { value: "b" }] };
    expect(outcomeOf(transform, body)).toEqual(["0:o1,a", "0:o1,b"]);
    expect(outcomeOf(transform, [body, { ...body, id: "o2" }])).toEqual([
      "0:o1,a",
      "0:o1,b",
      "0:o2,a",
      "0:o2,b",
    ]);
    expect(outcomeOf(transform, { items: [{}] })).toBe("missing $.id");
    expect(outcomeOf(transform, [body, { items: [{}] }])).toBe("missing [1].id");
  });

  test("without records a path from the root is the same as a plain one", () => {
    const transform = transformOf({ columns: required("$.value") });
    expect(outcomeOf(transform, { value: "a" })).toEqual(["0:a"]);
    expect(outcomeOf(transform, [{ value: "a" }, {}])).toBe("missing [1].value");
  });

  test("one bad record rejects the whole message", () => {
    const transform = transformOf({ columns: required("value") });
    expect(outcomeOf(transform, '{"value":"a"}\n{"value":"b"}\n')).toEqual(["0:a", "0:b"]);
    expect(outcomeOf(transform, '{"value":"a"}\n\n{"value":null}\n{"value":"c"}')).toBe("missing [1].value");
  });

  test("several pipelines make rows of one message, in their order", () => {
    const transform = transformOf(
      { columns: required("id") },
      { records: "items" },
      { records: "payments", columns: required("amount") },
    );
    const body = { id: "o", items: [{ value: "a" }, { value: "b" }], payments: [{ amount: "1" }] };
    expect(outcomeOf(transform, body)).toEqual(["0:o", "1:a", "1:b", "2:1"]);
    expect(outcomeOf(transform, { ...body, payments: [{}] })).toBe("missing payments[0].amount");
  });

  test("too many rows are no batch", () => {
    const twice = transformOf({ records: "items" }, { records: "items" });
    expect(outcomeOf(twice, { items: Array.from({ length: 50_001 }, () => ({})) })).toBe(
      "too_many_records null",
    );
  });
});

describe("match", () => {
  const created = transformOf({ match: { "event.type": ["created", "updated"], live: true } });

  test.each<[body: unknown, takes: boolean]>([
    [{ event: { type: "created" }, live: true }, true],
    [{ event: { type: "updated" }, live: true }, true],
    [{ event: { type: "Created" }, live: true }, false],
    [{ event: { type: "created" }, live: "true" }, false],
    [{ event: { type: "created" } }, false],
    [{ event: "created", live: true }, false],
    [{ event: { type: ["created"] }, live: true }, false],
  ])("all conditions must hold: %j", (body, takes) => {
    expect(outcomeOf(created, body)).toEqual(takes ? ["0:"] : "no_match null");
  });

  test("null is a value that is missing as well", () => {
    const transform = transformOf({ match: { deleted_at: null } });
    expect(outcomeOf(transform, {})).toEqual(["0:"]);
    expect(outcomeOf(transform, { deleted_at: null })).toEqual(["0:"]);
    expect(outcomeOf(transform, { deleted_at: "2026" })).toBe("no_match null");
  });

  test("numbers are matched by what they are", () => {
    const transform = transformOf({ match: { version: [1, 2.5] } });
    expect(outcomeOf(transform, '{"version":1.0}')).toEqual(["0:"]);
    expect(outcomeOf(transform, '{"version":2.50}')).toEqual(["0:"]);
    expect(outcomeOf(transform, '{"version":"1"}')).toBe("no_match null");
  });

  test("a number with more digits than are kept is no value of a match", () => {
    const transform = transformOf({ match: { id: [9_007_199_254_740_991, 0.1] } });
    expect(outcomeOf(transform, '{"id":9007199254740991}')).toEqual(["0:"]);
    expect(outcomeOf(transform, '{"id":0.10}')).toEqual(["0:"]);
    expect(outcomeOf(transform, '{"id":9007199254740993}')).toBe("no_match null");
    expect(outcomeOf(transform, '{"id":0.1000000000000000055511151231257827}')).toBe("no_match null");
  });

  test("a record goes to every pipeline whose match fits", () => {
    const transform = transformOf(
      { match: { type: "a" } },
      { match: { type: ["a", "b"] } },
      { match: { x: 1 } },
    );
    expect(outcomeOf(transform, { type: "a" })).toEqual(["0:", "1:"]);
    expect(outcomeOf(transform, { type: "b", x: 1 })).toEqual(["1:", "2:"]);
    expect(outcomeOf(transform, { type: "c" })).toBe("no_match null");
    expect(outcomeOf(transform, [{ type: "b" }, { type: "c" }])).toBe("no_match [1]");
  });

  test("by message attributes, own and those of SNS", () => {
    const transform = transformOf({ envelope: "auto", match: { "$attributes.tenant": "t1" } });
    const attribute = { tenant: { Type: "String", Value: "t1" } };
    expect(outcomeOf(transform, {}, { attributes: { tenant: "t1" } })).toEqual(["0:"]);
    expect(outcomeOf(transform, {})).toBe("no_match null");
    expect(outcomeOf(transform, snsNotification("{}", attribute))).toEqual(["0:"]);
    const others = { attributes: { tenant: "t2", more: "m" } };
    expect(outcomeOf(transform, snsNotification("{}", attribute), others)).toEqual(["0:"]);
  });

  test("by the envelope", () => {
    const transform = transformOf(
      { envelope: "auto", match: { "$envelope.detail-type": "Order Placed" } },
      { envelope: "auto", match: { "$envelope.TopicArn": "arn:aws:sns:eu-west-1:123456789012:orders" } },
    );
    expect(outcomeOf(transform, bridgeEvent({ value: "a" }))).toEqual(["0:a"]);
    expect(outcomeOf(transform, snsNotification('{"value":"b"}'))).toEqual(["1:b"]);
    expect(outcomeOf(transform, snsNotification(bridgeEvent({ value: "c" })))).toEqual(["0:c", "1:c"]);
    expect(outcomeOf(transform, {})).toBe("no_match null");
  });

  test("where a condition on the whole fails, records may be missing", () => {
    const transform = transformOf(
      { match: { kind: ["order", "ping"] } },
      { records: "items", match: { "$.kind": "order" } },
    );
    expect(outcomeOf(transform, { kind: "ping" })).toEqual(["0:"]);
    expect(outcomeOf(transform, { kind: "order", items: [{ value: "a" }] })).toEqual(["0:", "1:a"]);
    expect(outcomeOf(transform, { kind: "order" })).toBe("missing items");
  });

  test("each element must be somebody's, of those that take part", () => {
    const transform = transformOf(
      { records: "items", match: { type: "a" } },
      { records: "items", match: { type: "b", "$.kind": "order" } },
    );
    const items = [
      { type: "a", value: "1" },
      { type: "b", value: "2" },
    ];
    expect(outcomeOf(transform, { kind: "order", items })).toEqual(["0:1", "1:2"]);
    expect(outcomeOf(transform, { kind: "other", items })).toBe("no_match items[1]");
    expect(outcomeOf(transform, { kind: "order", items: [...items, { type: "c" }] })).toBe(
      "no_match items[2]",
    );
    expect(outcomeOf(transform, [{ kind: "order", items }, { items: [{}] }])).toBe("no_match [1].items[0]");
  });

  test("an element that nobody takes says where its match was looked for", () => {
    const inside = transformOf({ records: "items", match: { kind: "order" } });
    const outside = transformOf({ match: { kind: "order" } });
    const reasonOf = (transform: Transform, body: object): unknown =>
      transform(message(JSON.stringify(body)));
    expect(reasonOf(inside, { kind: "order", items: [{}] })).toMatchObject({
      reject: { code: "no_match", reason: expect.stringContaining("with $. in what is around it") },
    });
    expect(reasonOf(outside, { kind: "other" })).toMatchObject({
      reject: { code: "no_match", reason: expect.not.stringContaining("$.") },
    });
  });

  test("each record of each message goes to exactly the pipelines that take it", () => {
    const types = ["a", "b", "c", "d"];
    const taken = fc.array(fc.subarray(types, { minLength: 1 }), { minLength: 1, maxLength: 4 });
    const record = fc.constantFrom(...types).map((type) => ({ type, value: type }));
    fc.assert(
      fc.property(taken, fc.array(record, { minLength: 1, maxLength: 6 }), (matches, records) => {
        const transform = transformOf(...matches.map((type) => ({ match: { type } })));
        const lost = records.findIndex(({ type }) => !matches.some((match) => match.includes(type)));
        const expected = records.flatMap(({ type }) =>
          matches.flatMap((match, target) => (match.includes(type) ? [`${target}:${type}`] : [])),
        );
        expect(outcomeOf(transform, records)).toEqual(lost < 0 ? expected : `no_match [${lost}]`);
      }),
    );
  });
});

describe("columns from around the record", () => {
  test("the envelope's fields", () => {
    const columns = {
      topic: { from: "$envelope.TopicArn", type: "text" },
      at: { from: "$envelope.Timestamp", type: "timestamptz", required: true },
      kind: { from: "$attributes.kind", type: "text" },
    };
    const transform = transformOf({ envelope: "auto", columns });
    const body = snsNotification("{}", { kind: { Type: "String", Value: "k" } });
    expect(outcomeOf(transform, body)).toEqual([
      "0:arn:aws:sns:eu-west-1:123456789012:orders,2026-01-31T12:00:00.000Z,k",
    ]);
    expect(outcomeOf(transform, bridgeEvent({}))).toBe("missing $envelope.Timestamp");
    expect(outcomeOf(transform, "[{}]")).toBe("missing $envelope.Timestamp");
  });
});

test("a column of the whole record comes without what other columns mask of its elements", () => {
  const columns = {
    whole: { from: "$.order", type: "jsonb" },
    rest: { from: "$rest", type: "jsonb" },
    mail: { from: "mail", type: "text", mask: "hmac-sha256" },
  };
  const transform = transformOf({ records: "order.items", columns });
  const body = { order: { id: 1, items: [{ mail: "canary", sku: "a" }] } };
  const outcome = transform(message(JSON.stringify([body])));
  expect(JSON.stringify(outcome)).not.toContain("canary");
  expect(outcome).toMatchObject({
    rows: [{ values: ['{"id":1,"items":[{"sku":"a"}]}', '{"sku":"a"}', "mail:6"] }],
  });
});

describe("payloads", () => {
  const transform = transformOf({ s3_buckets: ["payloads"], records: "items" });
  const pointer = s3Pointer("payloads", "k");

  test("the payload is in the place of its pointer, and its size is told", () => {
    const payload = JSON.stringify({ items: [{ value: "a".repeat(200) }] });
    expect(transform(message(pointer), payload)).toEqual({
      rows: [{ target: 0, values: ["a".repeat(200)] }],
      bytes: payload.length,
    });
    expect(outcomeOf(transform, pointer)).toBe("s3_pointer null");
  });

  test("what was inflated tells its size", () => {
    const text = JSON.stringify({ value: "a".repeat(10_000) });
    const outcome = transformOf({ encoding: "gzip+base64" })(message(gzipBase64(text)));
    expect(outcome).toMatchObject({ bytes: text.length });
    expect(transformOf({})(message(text))).not.toHaveProperty("bytes");
  });
});

test("a value that goes into the row of each record does not come to more than a statement holds", () => {
  const columns = { blob: { from: "$.blob", type: "text" } };
  const { pipeline } = parsePipeline({ queue: "q", table: "t", records: "items", columns }, { source: "f" });
  const transform = compileTransform({
    ...{ pipelines: [pipeline], maskFor: openMask, queueName: "q", runId: "r" },
  });
  const outcomeWith = (items: number) =>
    transform(message(JSON.stringify({ blob: "x".repeat(10_000), items: Array(items).fill({}) })));
  expect(outcomeWith(10_000)).toMatchObject({
    reject: { stage: "transform", code: "too_large", field: null },
  });
  const few = outcomeWith(100);
  if (!("rows" in few)) return expect.fail("rejected");
  expect(few.rows).toHaveLength(100);
  expect(few.bytes).toBeGreaterThan(99 * 10_000);
});

test.each([
  ["a list", (records: readonly string[]) => `[${records.join(",")}]`],
  ["newline-delimited JSON", (records: readonly string[]) => records.join("\n")],
])("the rows of %s say what they take, without any setting, as those of records do", (_name, bodyOf) => {
  const texts = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(1_000, "x"));
  const outcome = transformOf({})(message(bodyOf(texts.map((value) => JSON.stringify({ value })))));
  if (!("rows" in outcome)) return expect.fail("rejected");
  expect(outcome.rows).toHaveLength(100);
  expect(outcome.bytes).toBeGreaterThan(99 * 1_000);
});
