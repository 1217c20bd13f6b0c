import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createPages, numberOf } from "../../../bench/support/canned-sqs/pages.js";

const pages = createPages(1_234_567_890_123);

interface CannedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

function read(first: number, end: number, attributeNames = ["All"]): readonly CannedMessage[] {
  return JSON.parse(pages.page(first, end, attributeNames).toString("utf8")).Messages;
}

test("a page has the messages that were asked for, each with an id, a handle and a digest of its own", () => {
  const messages = read(7, 17);
  expect(messages.map(({ ReceiptHandle }) => numberOf(ReceiptHandle))).toEqual(
    Array.from({ length: 10 }, (_, index) => index + 7),
  );
  for (const { MessageId, Body, MD5OfBody, Attributes } of messages) {
    expect(MessageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(MD5OfBody).toBe(createHash("md5").update(Body).digest("hex"));
    expect(Attributes).toMatchObject({ SentTimestamp: "1234567890123", ApproximateReceiveCount: "1" });
  }
});

test("a message has the system attributes that were asked for", () => {
  expect(Object.keys(read(7, 8)[0]?.Attributes ?? {})).toHaveLength(4);
  expect(read(7, 8, ["SentTimestamp", "MessageGroupId"])[0]?.Attributes).toEqual({
    SentTimestamp: "1234567890123",
  });
  expect(read(7, 8, [])[0]).not.toHaveProperty("Attributes");
});

test("a backlog longer than there are bodies repeats them under new ids", () => {
  const known = read(0, 10);
  const again = read(100_000, 100_010);
  expect(again.map(({ Body }) => Body)).toEqual(known.map(({ Body }) => Body));
  const ids = new Set<string>();
  for (let page = 0; page < 1_000; page += 1) {
    for (const first of [page * 10, 100_000 + page * 10]) {
      for (const { MessageId } of read(first, first + 10, [])) ids.add(MessageId);
    }
  }
  expect(ids.size).toBe(20_000);
});

test("about one message in a hundred is no login event, and they are counted as many times as they come", () => {
  const loadable = pages.prepare(100_000);
  expect(loadable).toBeGreaterThan(98_500);
  expect(loadable).toBeLessThan(99_500);
  expect(pages.prepare(200_000)).toBe(2 * loadable);
});
