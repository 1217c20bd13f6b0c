import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { CONVERTER_NAMES } from "../../src/config/convert.js";
import { parsePipeline } from "../../src/config/parse-pipeline.js";
import { pipelineSchema } from "../../src/config/schema.js";
import { keysAt } from "../../src/config/schema-at.js";
import { SCALAR_TYPES } from "../../src/types/column-type.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${ROOT}docs/pipelines.md`, "utf8");
const columns = page.split(/^## Columns$/m)[1]?.split(/^## /m)[0] ?? "";

/** What is in backquotes in one column of the table below a heading. */
function namesIn(heading: string, cell: number): string[] {
  const text = columns.split(new RegExp(`^### ${heading}$`, "m"))[1]?.split(/^###? /m)[0] ?? "";
  const lines = text.split("\n").filter((line) => /^\| /.test(line));
  return lines.slice(1).flatMap((line) => quoted(line.split(/(?<!\\)\|/)[cell] ?? ""));
}

const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

test("the table of types has every type once, in the order in which they are offered", () => {
  expect(namesIn("Types", 1).map((name) => name.replace(/\(.*/, ""))).toEqual(SCALAR_TYPES);
});

test("the table of converters has every converter once", () => {
  expect(namesIn("Converters", 1).toSorted()).toEqual(CONVERTER_NAMES.toSorted());
});

test("every setting of a column is there", () => {
  const settings = columns.split(/^### /m)[0] ?? "";
  const named = settings
    .split("\n")
    .filter((line) => /^\| `/.test(line))
    .flatMap((line) => quoted(line.split("|")[1] ?? ""));
  expect(named.toSorted()).toEqual(keysAt(pipelineSchema, ["columns", "a"]).toSorted());
});

test("the example is a pipeline", () => {
  const example = /^```yaml\n(.*?)^```$/ms.exec(columns)?.[1] ?? "";
  const { pipeline } = parsePipeline({ queue: "q", ...Object(parse(example)) }, { source: "the page" });
  expect(pipeline.columns).toHaveLength(10);
});

test("every code of a value's reject is told", () => {
  const folders = [`${ROOT}src/types`, `${ROOT}src/transform`];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );
  const codes = sources.flatMap((source) =>
    [...source.matchAll(/fault: "([a-z_]+)"/g)].map(([, code = ""]) => code),
  );
  expect(new Set(codes).size).toBeGreaterThan(12);
  for (const code of codes) expect(columns).toContain(`\`${code}\``);
});
