import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderForget } from "../../../../src/cli/terminal/forget-result.js";
import { createStyle } from "../../../../src/cli/terminal/style.js";
import { createFailureLines } from "../../../../src/cli/terminal/unmask-failures.js";
import { createJsonList } from "../../../../src/cli/terminal/unmask-json.js";
import { rowHeader, rowLines, valueLines } from "../../../../src/cli/terminal/unmask-text.js";
import type { ForgetResult } from "../../../../src/masked-data/forget.js";
import type { UnmaskedValue } from "../../../../src/masked-data/unmask-values.js";

const value = (text: string | null): UnmaskedValue => ({ masked: "m", value: text, error: null });
const failed: UnmaskedValue = { masked: "m", value: null, error: { code: "tampered", message: "it was" } };
const [piped, looked] = [{ isTty: false }, { isTty: true }];

describe("values as lines", () => {
  test("one each, whatever became of it", () => {
    const page = [value("a"), value(null), failed, value(""), value("a\nb\r"), value('"q"')];
    expect(valueLines(page, piped)).toBe('a\n\n\n\n"a\\nb\\r"\n"q"\n');
    expect(valueLines([], piped)).toBe("");
  });

  test("are as they are in a pipe, and obeyed by no terminal", () => {
    const nasty = "\u001b[31m\u202e\u0007\ttext";
    expect(valueLines([value(nasty)], piped)).toBe(`${nasty}\n`);
    expect(valueLines([value(nasty)], looked)).toBe("\\u001b[31m\\u202e\\u0007\\ttext\n");
  });
});

test("rows as CSV: NULL is nothing, an empty text is quoted", () => {
  expect(rowHeader(["a", "b,c"], piped)).toBe('a,"b,c"\n');
  const rows = [
    { values: [null, "", "x,y", 7, true, 'q"', "a\nb"], failures: [] },
    { values: [" a", "\u001b", false], failures: [] },
  ];
  expect(rowLines(rows, piped)).toBe(',"","x,y",7,true,"q""","a\nb"\n" a",\u001b,false\n');
  expect(rowLines(rows, looked)).toBe(',"","x,y",7,true,"q""",a\\nb\n" a",\\u001b,false\n');
});

describe("the JSON document", () => {
  const json = fc.array(fc.array(fc.record({ masked: fc.string(), value: fc.option(fc.string()) })));

  test("is one, however its items came", () => {
    const property = fc.property(json, fc.boolean(), (pages, isTty) => {
      const list = createJsonList("values", { isTty });
      const text = pages.map(list.items).join("") + list.end({ done: 1, error: { code: "x" } });
      expect(JSON.parse(text)).toEqual({ values: pages.flat(), done: 1, error: { code: "x" } });
      if (!isTty) expect(text.indexOf("\n")).toBe(text.length - 1);
    });
    fc.assert(property);
  });

  test("is indented for people", () => {
    const list = createJsonList("rows", looked);
    expect(list.items([{ a: 1 }, { a: 2 }]) + list.end({ done: 2 })).toBe(
      '{\n  "rows": [\n    {"a":1},\n    {"a":2}\n  ],\n  "done": 2\n}\n',
    );
    expect(createJsonList("rows", looked).end({ done: 0 })).toBe('{\n  "rows": [],\n  "done": 0\n}\n');
  });
});

describe("failures", () => {
  const linesOf = (codes: readonly string[]): string[] => {
    const lines: string[] = [];
    const failures = createFailureLines((line) => lines.push(line));
    codes.forEach((code, index) => {
      failures.note(`line ${index + 1}`, { code, message: "it failed" });
    });
    failures.end();
    return lines;
  };

  test("a line each, and no more than 20 of them", () => {
    expect(linesOf([])).toEqual([]);
    expect(linesOf(["tampered"])).toEqual(["line 1: it failed"]);
    expect(linesOf(Array.from({ length: 20 }, () => "tampered"))).toHaveLength(20);
    const many = linesOf([
      ...Array.from({ length: 20 }, () => "tampered"),
      "forgotten",
      ...Array.from({ length: 1_500 }, () => "key_not_held"),
    ]);
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toBe("and 1,501 more: key_not_held 1,500, forgotten 1");
  });
});

describe("what was forgotten", () => {
  const style = createStyle({ color: false, unicode: true });
  const result: ForgetResult = {
    ...{ dry_run: false, values: 3, forgotten: 2, not_found: 1, log_entry: 1 },
    domains: [
      { domain: "ip", entries: 2 },
      { domain: "device_id", entries: 0 },
    ],
  };
  const render = (changes: Partial<ForgetResult>): string =>
    renderForget({ ...result, ...changes }, { style, columns: Number.POSITIVE_INFINITY });

  test("in words", () => {
    expect(render({})).toBe(
      "Forgot 2 of 3 values: deleted 2 entries of the vault (ip 2, device_id 0)\n\n" +
        "1 value was not in the vault.\n\nTokens of what was forgotten cannot be resolved any more.\n",
    );
    expect(render({ values: 2, not_found: 0 })).toMatch(/^Forgot 2 values: /);
    expect(render({ dry_run: true })).toMatch(/^Dry run: would forget 2 of 3 values, and delete 2 entries /);
    expect(render({ forgotten: 0, not_found: 3 })).toBe(
      "Nothing to forget: none of the 3 values is in the vault (ip, device_id)\n",
    );
  });

  test("a domain's name is obeyed by no terminal", () => {
    expect(render({ domains: [{ domain: "\u001b[31m", entries: 2 }] })).toContain("\\u001b[31m 2");
  });
});
