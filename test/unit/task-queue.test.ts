import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { createTaskQueue } from "../../src/task-queue.js";

describe("a task queue", () => {
  test("runs tasks in their order, so many at once, and is idle after the last", async () => {
    const queue = createTaskQueue(2);
    const ends: (() => void)[] = [];
    const started: number[] = [];
    let isIdle = false;
    for (const task of [0, 1, 2]) {
      queue.add(() => {
        started.push(task);
        return new Promise((resolve) => ends.push(resolve));
      });
    }
    void queue.onIdle().then(() => {
      isIdle = true;
    });
    await setImmediate();
    expect(started).toEqual([0, 1]);
    ends[1]?.();
    await setImmediate();
    expect(started).toEqual([0, 1, 2]);
    ends[0]?.();
    await setImmediate();
    expect(isIdle).toBe(false);
    ends[2]?.();
    await setImmediate();
    expect(isIdle).toBe(true);
    await queue.onIdle();
  });

  test("is not idle while a task has added another one", async () => {
    const queue = createTaskQueue(1);
    const done: string[] = [];
    queue.add(async () => {
      await setImmediate();
      done.push("first");
      queue.add(async () => {
        await setImmediate();
        done.push("second");
      });
    });
    await queue.onIdle();
    expect(done).toEqual(["first", "second"]);
  });

  test("lets go of what a task holds once it has run, while others still wait", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const queue = createTaskQueue(1);
    const addHolding = (): WeakRef<object> => {
      const body = { text: "x" };
      queue.add(async () => {
        await setImmediate(body);
      });
      return new WeakRef(body);
    };
    const held = Array.from({ length: 5 }, addHolding);
    let end = (): void => {};
    const last = new Promise<void>((resolve) => {
      queue.add(() => {
        resolve();
        return new Promise((ended) => {
          end = ended;
        });
      });
      queue.add(() => Promise.resolve());
    });
    await last;
    await setImmediate();
    collectGarbage();
    expect(held.map((body) => body.deref())).toEqual(held.map(() => undefined));
    end();
    await queue.onIdle();
  });
});
