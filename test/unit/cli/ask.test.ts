import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { askYesNo } from "../../../src/cli/ask.js";
import type { Context } from "../../../src/cli/context.js";

function asked(stop: AbortSignal = new AbortController().signal) {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  const context = { stdin, stderr, signals: { stop } } as unknown as Context;
  return { stdin, stderr, answer: askYesNo("Write it?", context) };
}

test.each([
  ["\n", true],
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["nope\n", false],
  ["  y \n", true],
])("%j is %s", async (typed, expected) => {
  const { stdin, stderr, answer } = asked();
  stdin.write(typed);
  expect(await answer).toBe(expected);
  expect(String(stderr.read())).toContain("Write it? [Y/n] ");
});

test("the end of the input is no", async () => {
  const { stdin, answer } = asked();
  stdin.end();
  expect(await answer).toBe(false);
});

test("a signal ends the question", async () => {
  const stop = new AbortController();
  const { answer } = asked(stop.signal);
  stop.abort();
  await expect(answer).rejects.toMatchObject({
    name: "InterruptedError",
    message: expect.stringContaining("nothing was written"),
  });
});
