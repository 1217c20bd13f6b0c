import { describe, expect, it } from "vitest";
import { ArgumentError, demoOptions } from "../../demo/arguments.js";

describe("the demo's command line", () => {
  it.each([
    [[], { messages: 1000, keep: false, help: false }],
    [["--messages", "100000"], { messages: 100_000, keep: false, help: false }],
    [["--messages=1", "--keep"], { messages: 1, keep: true, help: false }],
    [["--help"], { messages: 1000, keep: false, help: true }],
  ])("%j", (args, options) => {
    expect(demoOptions(args)).toEqual(options);
  });

  it.each([
    ["--messages"],
    ["--messages=0"],
    ["--messages=-1"],
    ["--messages=1e3"],
    ["--messages=abc"],
    ["--messages=1000001"],
    ["--mesages=5"],
    ["--keep=yes"],
    ["5"],
  ])("refuses %s in one line", (argument) => {
    expect(() => demoOptions([argument])).toThrow(ArgumentError);
    expect(() => demoOptions([argument])).toThrow(/^[^\n]+$/);
  });
});
