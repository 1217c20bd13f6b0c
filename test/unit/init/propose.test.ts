import { describe, expect, test } from "vitest";
import type { Proposal } from "../../../src/init/proposal.js";
import { propose } from "../../../src/init/propose.js";

const NOW = Date.UTC(2026, 5, 1);

function proposeFor(records: readonly unknown[]): Proposal {
  return propose({
    queue: "q",
    table: "t",
    bodies: records.map((record) => JSON.stringify(record)),
    nowMs: NOW,
  });
}

const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** `from type mask`, without the message's own two. */
function summary({ columns }: Proposal): string[] {
  return columns
    .slice(0, -2)
    .map(({ from, type, required, mask }) =>
      [from, type, ...(required ? ["required"] : []), ...(mask ? [mask.strategy] : [])].join(" "),
    );
}

describe("columns", () => {
  test("objects are taken apart, down to a depth; lists, maps and what is deeper stay whole", () => {
    const proposal = proposeFor(
      times(25, (index) => ({
        a: { b: { c: { d: { e: index } } } },
        list: [index],
        tags: Object.fromEntries(times(130, (key) => [`tag${key}`, index])),
      })),
    );
    expect(summary(proposal)).toEqual([
      "a.b.c.d jsonb required",
      "list jsonb required",
      "tags jsonb required",
    ]);
    expect(proposal.columns[0]?.name).toBe("a_b_c_d");
  });

  test("are required only where enough records all have a value", () => {
    const records = (count: number) =>
      times(count, (index) => ({ id: index, x: index === 3 ? null : 1, ...(index === 4 ? {} : { y: 1 }) }));
    expect(summary(proposeFor(records(20)))).toEqual(["id integer required", "x integer", "y integer"]);
    expect(summary(proposeFor(records(19)))).toEqual(["id integer", "x integer", "y integer"]);
    expect(proposeFor(records(20)).columns[1]?.nullShare).toBe(0.05);
  });

  test("with names of their own: the message's give way to the record's", () => {
    const { columns } = proposeFor([{ sentAt: "x", "sent-at": "y", messageId: "z" }]);
    expect(columns.map(({ name }) => name)).toEqual([
      ...["sent_at", "sent_at_2", "message_id", "sqs_sent_at", "sqs_message_id"],
    ]);
  });

  test("one that was different everywhere could be the key, a mask's not", () => {
    expect(proposeFor(times(20, (index) => ({ n: index, orderId: index }))).key).toBe("order_id");
    expect(proposeFor(times(20, (index) => ({ orderId: index % 19 })))).not.toHaveProperty("key");
    expect(proposeFor(times(20, (index) => ({ deviceId: String(index) })))).not.toHaveProperty("key");
  });
});

describe("personal data", () => {
  test("is masked where it is text, left out where it is not", () => {
    const proposal = proposeFor(
      times(20, (index) => ({
        contact: { email: `a${index}@example.com`, zip: 10_000 + index },
        geo: { lat: 48.1 + index / 1000, lng: 11.5 + index / 1000 },
        password: "x",
        people: [{ title: "x", reach: "+49 151 1234567" }],
        comment: "x",
      })),
    );
    expect(summary(proposal)).toEqual([
      "contact.email varchar(64) required hmac-sha256",
      "comment varchar(16) required redact",
    ]);
    expect(proposal.leftOut.map(({ from, reason }) => `${from}: ${reason}`)).toEqual([
      "contact.zip: its name says postal address; only text can be masked, and this is none",
      "geo.lat: its name says precise location; only text can be masked, and this is none",
      "geo.lng: its name says precise location; only text can be masked, and this is none",
      "password: its name says secret; a secret has no place in a table",
      "people: something inside it: looks like phone numbers in 20 of 20; lists and objects cannot be masked",
    ]);
  });

  test("may be in keys: they are never shown", () => {
    const proposal = proposeFor(
      times(20, (index) => ({
        id: index,
        seen: { [`a${index}@example.com`]: 1 },
        lists: [{ [`b${index}@example.com`]: 1 }],
      })),
    );
    expect(summary(proposal)).toEqual(["id integer required"]);
    expect(proposal.leftOut.map(({ from }) => from)).toEqual(["seen", "lists"]);
    expect(JSON.stringify(proposal)).not.toContain("example.com");
    const top = proposeFor(times(3, (index) => ({ id: 1, [`a${index}@example.com`]: 1 })));
    expect(top.sample.hasValueKeys).toBe(true);
    expect(JSON.stringify(top)).not.toContain("example.com");
  });

  test("a version with four parts is no address", () => {
    expect(summary(proposeFor([{ appVersion: "1.2.3.4", peer: "1.2.3.4" }]))).toEqual([
      "appVersion inet",
      "peer varchar(64) hmac-sha256",
    ]);
  });

  test("what is null everywhere is left out: nobody knows what will stand there", () => {
    expect(proposeFor([{ a: 1, email: null }]).leftOut).toEqual([
      expect.objectContaining({ from: "email", reason: expect.stringContaining("null in all 1") }),
    ]);
  });
});

describe("messages of several types", () => {
  const orders = times(99, (index) => ({ id: index, state: "new", total: 1.5, kind: "order" }));

  test("the rare ones change nothing, and are told", () => {
    const alone = proposeFor(orders);
    const mixed = proposeFor([...orders, { foo: "x", bar: "y" }]);
    expect(mixed.columns).toEqual(alone.columns);
    expect(mixed.sample).toMatchObject({
      messages: 100,
      records: 99,
      otherShapes: [{ records: 1, keys: ["bar", "foo"] }],
    });
  });

  test("optional fields make no other type", () => {
    const { sample } = proposeFor(
      times(50, (index) => ({ id: 1, state: "x", ...(index % 2 ? { a: 1 } : { b: 1, c: 2 }) })),
    );
    expect(sample).toMatchObject({ records: 50, otherShapes: [] });
  });

  test("the field that tells them apart is named, its values are not", () => {
    const items = times(40, (index) => ({ id: index, sku: "s", count: 1, price: 2, kind: "canary-item" }));
    const proposal = proposeFor([...orders, ...items]);
    expect(proposal.sample).toMatchObject({ records: 99, tellingKeys: ["kind"] });
    expect(JSON.stringify(proposal)).not.toContain("canary");
  });
});

describe("records in an array", () => {
  test("beside little else are the records", () => {
    const proposal = proposeFor(
      times(15, (index) => ({
        batchId: `b${index}`,
        Records: [
          { id: index, name: "x" },
          { id: -index, name: "y" },
        ],
      })),
    );
    expect(proposal.records).toBe("Records");
    expect(summary(proposal)).toEqual([
      "id integer required",
      "name varchar(16) required",
      "$.batchId varchar(16)",
    ]);
  });

  test("of an order are a list", () => {
    expect(proposeFor([{ orderId: 1, items: [{ sku: "a" }] }])).not.toHaveProperty("records");
    expect(proposeFor([{ items: [{ sku: "a" }] }]).records).toBe("items");
    const order = { id: 1, state: "x", total: 2, at: "y", items: [{ sku: "a" }] };
    expect(proposeFor([order, order])).not.toHaveProperty("records");
  });
});

test("without a record there is nothing to propose", () => {
  expect(() => propose({ queue: "q", table: "t", bodies: ["canary", "[1]"], nowMs: NOW })).toThrow(
    expect.objectContaining({ code: "no_records", message: expect.not.stringContaining("canary") }),
  );
});

test("pointers to payloads in S3 are told", () => {
  const pointer = [
    "software.amazon.payloadoffloading.PayloadS3Pointer",
    { s3BucketName: "canary", s3Key: "k" },
  ];
  expect(proposeFor([{ id: 1 }, pointer, pointer, [1]]).sample).toMatchObject({ unreadable: 3, pointers: 2 });
  expect(() => proposeFor([pointer])).toThrow(
    expect.objectContaining({ message: expect.stringContaining("1 of them point to payloads in S3") }),
  );
});

test("bodies that are as large as SQS lets them be are looked through in no time", {
  timeout: 20_000,
}, () => {
  const lines = Array.from({ length: 40_000 }, (_, index) => `{"id":${index},"a":1}`).join("\n");
  const long = "a".repeat(1_000_000);
  const texts = [long, `${long}@`, "a@".repeat(400_000), "+1 ".repeat(300_000), "1.".repeat(400_000)];
  const bodies = [
    ...Array.from({ length: 10 }, () => lines),
    ...texts.map((text) => JSON.stringify({ id: 1, a: 1, text })),
  ];
  const { sample } = propose({ queue: "q", table: "t", bodies, nowMs: NOW });
  expect(sample.records).toBeLessThanOrEqual(10_000);
});
