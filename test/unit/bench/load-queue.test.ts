import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLoadQueue, messageIdOf } from "../../../bench/support/load-queue.js";

const traffic = (count: number) => ({
  count,
  maximumMessageBytes: 1024,
  body: (index: number) => `body ${index}`,
});

describe("the load queue", () => {
  test("hands out each message once, with a body and an id of its own", () => {
    const queue = createLoadQueue(traffic(25));
    const pages = [1, 2, 3, 4].map(() => queue.receive(10, 30));
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5, 0]);
    expect(new Set(pages.flat().map(({ messageId }) => messageId)).size).toBe(25);
    expect(pages.flat()[24]).toMatchObject({ body: "body 24", messageId: messageIdOf(24), receiveCount: 1 });
    expect(queue.counts()).toEqual({ visible: 0, in_flight: 25, deleted: 0, delivered: 25, redelivered: 0 });
  });

  test("hands a message out again when its lease ends, unless it is renewed or the message deleted", () => {
    let nowMs = 0;
    const queue = createLoadQueue(traffic(3), () => nowMs);
    const [renewed, deleted, left] = queue.receive(10, 30).map(({ receiptHandle }) => receiptHandle);
    nowMs = 20_000;
    expect(queue.changeVisibility(renewed ?? "", 30)).toBeUndefined();
    expect(queue.deleteMessage(deleted ?? "")).toBeUndefined();
    nowMs = 29_999;
    expect(queue.receive(10, 30)).toEqual([]);
    nowMs = 30_000;
    const again = queue.receive(10, 30);
    expect(again).toMatchObject([{ body: "body 2", receiveCount: 2 }]);
    expect(again[0]?.receiptHandle).not.toBe(left);
    expect(queue.counts()).toEqual({ visible: 0, in_flight: 2, deleted: 1, delivered: 4, redelivered: 1 });
  });

  test("answers an old handle with success and keeps the message", () => {
    const queue = createLoadQueue(traffic(1));
    const old = queue.receive(1, 30)[0]?.receiptHandle ?? "";
    queue.changeVisibility(old, 0);
    const handle = queue.receive(1, 30)[0]?.receiptHandle ?? "";
    expect(queue.deleteMessage(old)).toBeUndefined();
    expect(queue.counts()).toMatchObject({ in_flight: 1, deleted: 0 });
    expect(queue.deleteMessage(handle)).toBeUndefined();
    expect(queue.deleteMessage(handle)).toBeUndefined();
    expect(queue.counts()).toMatchObject({ in_flight: 0, deleted: 1 });
  });

  test("refuses handles that it never gave out, and leases that have ended", () => {
    const queue = createLoadQueue(traffic(2));
    const handle = queue.receive(1, 30)[0]?.receiptHandle ?? "";
    expect(queue.deleteMessage("1.1")).toBe("ReceiptHandleIsInvalid");
    expect(queue.deleteMessage("nonsense")).toBe("ReceiptHandleIsInvalid");
    queue.deleteMessage(handle);
    expect(queue.changeVisibility(handle, 30)).toBe("AWS.SimpleQueueService.MessageNotInflight");
  });

  test("wakes whoever waits when a message is given back", () => {
    const queue = createLoadQueue(traffic(1));
    const handle = queue.receive(1, 30)[0]?.receiptHandle ?? "";
    let woken = 0;
    queue.onReturn(() => {
      woken += 1;
    });
    queue.onReturn(() => {
      woken += 10;
    })();
    queue.changeVisibility(handle, 0);
    expect(woken).toBe(1);
  });

  test("loses and invents nothing, whatever is done to it", () => {
    const step = fc.record({
      what: fc.constantFrom("receive", "delete", "giveBack", "extend", "wait"),
      which: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 120 }), (count, steps) => {
        let nowMs = 0;
        const queue = createLoadQueue(traffic(count), () => nowMs);
        const handles: string[] = [];
        for (const { what, which } of steps) {
          const handle = handles[which % Math.max(1, handles.length)] ?? "0.1";
          if (what === "receive")
            handles.push(...queue.receive((which % 10) + 1, 5).map((one) => one.receiptHandle));
          if (what === "delete") queue.deleteMessage(handle);
          if (what === "giveBack") queue.changeVisibility(handle, 0);
          if (what === "extend") queue.changeVisibility(handle, 10);
          if (what === "wait") nowMs += which * 500;
          const { visible, in_flight, deleted } = queue.counts();
          expect(visible + in_flight + deleted).toBe(count);
        }
        // All that is left can be received and deleted, each message once.
        nowMs += 60_000;
        const rest = new Set<string>();
        for (let page = queue.receive(10, 30); page.length > 0; page = queue.receive(10, 30)) {
          for (const { messageId, receiptHandle } of page) {
            expect(rest.has(messageId)).toBe(false);
            rest.add(messageId);
            queue.deleteMessage(receiptHandle);
          }
        }
        expect(queue.counts()).toMatchObject({ visible: 0, in_flight: 0, deleted: count });
      }),
    );
  });
});

test("message ids are UUIDs, each another one", () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => messageIdOf(index));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toBe(true);
});
