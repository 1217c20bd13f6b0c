import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { readYaml } from "../../../src/config/read-yaml.js";
import { problemsOf } from "./support.js";

function problemsIn(text: string, env: Record<string, string> = {}): Promise<string[]> {
  return problemsOf(() => {
    const file = readYaml(text, { source: "c.yaml", env });
    return parsePipeline(file.raw, file);
  });
}

test("each mistake has the place of what is wrong: a value, a key, or what something is missing from", async () => {
  const text = `queue: 7
tabel: orders
columns:
  "dotted.name": { from: id, type: uuidd }
  note:
    from: note
    type: text
    maks: sha256
    mask:
      strategy: partial
      keep_last: -1
  total: { type: integer }
  empty:
  aliased: &same
    from: a
    type: nothing
  twin: *same
  again: *same
  again: { from: a, type: text }
`;
  expect(await problemsIn(text)).toEqual([
    "c.yaml:1:8 queue: must be text, not a number",
    "c.yaml:2:1 tabel: there is no such setting; did you mean table?",
    expect.stringMatching(/^c\.yaml:4:36 columns\."dotted\.name"\.type: "uuidd" is no type/),
    "c.yaml:8:5 columns.note.maks: there is no such setting; did you mean mask?",
    "c.yaml:11:18 columns.note.mask.keep_last: must be 0 or more",
    "c.yaml:12:3 columns.total.from: is missing",
    "c.yaml:13:3 columns.empty: must be a map, not null",
    expect.stringMatching(/^c\.yaml:16:11 columns\.aliased\.type: "nothing" is no type/),
    expect.stringMatching(/^c\.yaml:16:11 columns\.twin\.type: "nothing" is no type/),
    "c.yaml:19:3 columns.again: is set twice: in line 18, and here",
  ]);
});

test("JSON has places too, whatever its line ends are", async () => {
  const text =
    '{\r\n\t"queue": "q",\r\n\t"table": "t",\r\n\t"columns": {"a": {"from": "a", "type": 1, "from": "b"}}\r\n}';
  expect(await problemsIn(text)).toEqual([
    "c.yaml:4:41 columns.a.type: must be text, not a number",
    "c.yaml:4:44 columns.a.from: is set twice: in line 4, and here",
  ]);
});

test("maps of all levels have their duplicates told", async () => {
  expect(await problemsIn("a: 1\na: 2\n")).toEqual(
    expect.arrayContaining(["c.yaml:2:1 a: is set twice: in line 1, and here"]),
  );
  const deep =
    "pipelines:\n  a:\n    queue: q\n    table: t\n    columns: { a: { from: a, type: text, from: b } }\n";
  expect(await problemsIn(deep)).toEqual([
    "c.yaml:5:42 pipelines.a.columns.a.from: is set twice: in line 5, and here",
  ]);
});

test("a list is counted from 0", async () => {
  const file = readYaml("a:\n  - b: 1\n  - c\n", { source: "f", env: {} });
  expect(file.locate?.("a.0.b")).toEqual({ file: "f", line: 2, column: 8 });
  expect(file.locate?.("a.1")).toEqual({ file: "f", line: 3, column: 5 });
  expect(file.locate?.("a.7")).toEqual({ file: "f", line: 1, column: 1 });
  expect(file.locate?.("")).toEqual({ file: "f", line: 1, column: 1 });
});

describe("wherever a mistake is, in whichever style", () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => text.isWellFormed() && text !== "__proto__");
  const columnNames = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });
  const style = fc.constantFrom(
    (value: unknown) => stringify(value),
    (value: unknown) => stringify(value, { indent: 7, collectionStyle: "block" }),
    (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 40 }),
    (value: unknown) => `# first\n\n${stringify(value, { defaultStringType: "QUOTE_SINGLE" })}`,
    (value: unknown) => JSON.stringify(value),
    (value: unknown) => JSON.stringify(value, null, "\t").replaceAll("\n", "\r\n"),
  );

  function placeIn(text: string, word: string): string {
    const before = text.slice(0, text.search(new RegExp(`["']?${word}`)));
    return `c.yaml:${before.split("\n").length}:${before.length - before.lastIndexOf("\n")}`;
  }

  test("it is found", async () => {
    await fc.assert(
      fc.asyncProperty(
        columnNames,
        fc.nat(),
        style,
        fc.constantFrom("unknown-key", "wrong-value", "wrong-kind"),
        fc.boolean(),
        async (names, index, write, kind, isSeveral) => {
          const bad = {
            "unknown-key": { from: "a", type: "text", xqxqx: 1 },
            "wrong-value": { from: "a", type: "xqxqx" },
            "wrong-kind": { from: "a", type: "text", required: "xqxqx" },
          }[kind];
          const columns = Object.fromEntries(
            names.map((key, at) => [key, at === index % names.length ? bad : { from: "b", type: "text" }]),
          );
          const one = { table: "t", columns };
          const text = write(isSeveral ? { queue: "q", pipelines: { p: one } } : { queue: "q", ...one });
          const [problem = "", ...others] = await problemsIn(text);
          expect(others).toEqual([]);
          expect(problem.split(" ")[0]).toBe(placeIn(text, "xqxqx"));
        },
      ),
    );
  });
});

test("what is misspelt is told once, whatever is missing without it", async () => {
  const text = "qeue: q\ntabel: t\nkey: id\ncolums:\n  id: { form: id, type: text }\n";
  expect(await problemsIn(text)).toEqual([
    "c.yaml:1:1 qeue: there is no such setting; did you mean queue?",
    "c.yaml:2:1 tabel: there is no such setting; did you mean table?",
    "c.yaml:4:1 colums: there is no such setting; did you mean columns?",
  ]);
  const column = "queue: q\ntable: t\ncolumns:\n  id: { form: id }\n";
  expect(await problemsIn(column)).toEqual([
    "c.yaml:4:3 columns.id.type: is missing",
    "c.yaml:4:9 columns.id.form: there is no such setting; did you mean from?",
  ]);
});

const inBraces = (settings: string): string => `queue: q\ntable: t\ncolumns:\n  c: { ${settings} }\n`;

test.each(["from: a, type: numeric(12,2)", "from: a, type: numeric(12, 2), required: true"])(
  "a type that YAML cuts at its comma wants quotes: %s",
  async (settings) => {
    expect(await problemsIn(inBraces(settings))).toEqual([
      'c.yaml:4:23 columns.c.type: inside { }, write it in quotes: "numeric(12,2)"',
    ]);
  },
);

test.each([
  ["from: a, type: text[]", "4:27"],
  ["from: a[0].b, type: text", "4:15"],
  ["from: a, type: numeric(12,2)[]", "4:36"],
])("a text with brackets that YAML takes for a list wants quotes: %s", async (settings, at) => {
  expect(await problemsIn(inBraces(settings))).toEqual([
    `c.yaml:${at}: inside { } and [ ], write a text that holds [ ] in quotes`,
  ]);
});
