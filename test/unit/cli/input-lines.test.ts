import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputLines } from "../../../src/cli/input-lines.js";
import { UsageError } from "../../../src/errors.js";

async function linesOf(
  chunks: readonly (string | Uint8Array)[],
  invalid: "refuse" | "replace" = "refuse",
): Promise<string[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  }
  const lines: string[] = [];
  for await (const page of inputLines(bytes(), { invalid })) lines.push(...page);
  return lines;
}

describe("lines", () => {
  test.for([
    ["nothing", [], []],
    ["an empty one", ["\n"], [""]],
    ["LF and CRLF, and a last one without", ["a\r\n\r\nb\nc"], ["a", "", "b", "c"]],
    ["a byte order mark", ["\ufeffa\n"], ["a"]],
    ["a CR alone, and other separators, are a part of it", ["a\rb\u2028c\n"], ["a\rb\u2028c"]],
    ["a line break in two chunks", ["a\r", "\nb"], ["a", "b"]],
  ] as const)("%s", async ([, chunks, lines]) => {
    expect(await linesOf(chunks)).toEqual(lines);
  });

  test("are the same in whatever chunks they come", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", "\r\n") });
    const property = fc.asyncProperty(text, fc.array(fc.nat(30)), async (whole, ends) => {
      const bytes = Buffer.from(whole);
      const places = [0, ...ends.sort((one, other) => one - other), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index] ?? 0, end));
      expect(await linesOf(chunks)).toEqual(await linesOf([whole]));
    });
    await fc.assert(property);
  });

  test("come as soon as they are there", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a\nb\nc");
      throw new Error("asked for too much");
    }
    const lines = inputLines(slow(), { invalid: "replace" });
    expect((await lines.next()).value).toEqual(["a", "b"]);
  });

  test("what is no UTF-8 is refused by its line, or replaced", async () => {
    const chunks = ["canary\n", Buffer.from([0x61, 0xe9, 0x0a])];
    expect(await linesOf(chunks, "replace")).toEqual(["canary", "a\ufffd"]);
    const refused = linesOf(chunks, "refuse");
    await expect(refused).rejects.toThrow("standard input is no UTF-8 text behind line 1: convert it first");
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(linesOf([Buffer.from([0xe2, 0x82])], "refuse")).rejects.toThrow("no UTF-8");
  });

  test("one without an end is refused", async () => {
    const chunk = "x".repeat(1024 * 1024);
    await expect(linesOf(["a\n", ...Array.from({ length: 20 }, () => chunk)])).rejects.toThrow(
      "line 2 of standard input is too long to be a value",
    );
  });
});
