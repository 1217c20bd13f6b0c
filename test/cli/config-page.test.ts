import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configJsonSchemaText } from "../../src/config/json-schema.js";
import { SCHEMA_LINE } from "../../src/config/login-yaml.js";
import { runCli } from "../support/cli.js";

const PAGE = await readFile(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing", STAGE: "test", DB_PASSWORD: "hunter2" };

/** The rest of a file, in which nothing is wrong. */
const FILE = {
  queue: "queue: orders",
  table: "table: shop.orders",
  columns: "columns: { id: { from: id, type: bigint } }",
};

function section(title: string): string {
  return PAGE.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
}

function rows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => [...line.matchAll(/(?<=\| )`([^`]+)`(?= \|)/g)].map(([, cell = ""]) => cell));
}

/** The indented blocks of a section. */
function blocks(text: string): string[] {
  return [...text.matchAll(/(?:^ {4}.*\n|^\n(?= {4}))+/gm)].map(([block]) =>
    block.replace(/^ {4}/gm, "").trim(),
  );
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-page-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function stderrOf(text: string): Promise<string> {
  const cwd = await mkdtemp(join(folder, "of-"));
  await writeFile(join(cwd, "sqs2pg.yaml"), text);
  return (await runCli(["migrate", "--print-sql"], { env, cwd })).stderr;
}

describe.concurrent("what the page says of mistakes", () => {
  const mistakes = rows(section("Mistakes"));

  test("is a table of them", () => {
    expect(mistakes.length).toBeGreaterThan(12);
    expect(mistakes.filter((cells) => cells.length !== 2)).toEqual([]);
  });

  test.each(mistakes)("%s: %s", async (line = "", says = "") => {
    // The line takes the place of what it is about; everything else of the file is right.
    const key = line.split(":")[0] ?? "";
    const others = Object.entries(FILE).filter(
      ([name]) => name !== key && !(key === "tabel" && name === "table"),
    );
    const stderr = await stderrOf(`${[...others.map(([, text]) => text), line].join("\n")}\n`);
    expect(stderr).toMatch(/^sqs2pg: sqs2pg\.yaml/);
    const said = stderr.split("\n").map((text) => text.replace(/^(?:sqs2pg:| ) sqs2pg\.yaml:\d+:\d+:? /, ""));
    expect(said).toContain(says);
  });
});

test("what the page shows of several mistakes is what is printed", async () => {
  const [shown = ""] = blocks(section("Mistakes"));
  const text = `queue: orders
tabel: orders
table: orders
columns:
  id: { from: id, type: bigint }
  note:
    from: note
    type: text
    maks: sha256
`;
  expect((await stderrOf(text)).trim()).toBe(shown);
});

test("the files that it shows can be used", async () => {
  const [several = ""] = blocks(section("Several pipelines"));
  expect(Object.keys(parse(several).pipelines)).toEqual(["orders", "order_items", "returns"]);
  expect(await stderrOf(several)).toBe("");
  const [variables = ""] = blocks(section("Variables"));
  expect(await stderrOf(variables)).toBe("");
  const [program = ""] = blocks(section("Programs"));
  const cwd = await mkdtemp(join(folder, "of-"));
  await writeFile(join(cwd, "sqs2pg.ts"), program);
  expect(await runCli(["migrate", "--print-sql"], { env, cwd })).toMatchObject({ exitCode: 0, stderr: "" });
});

test("the line for editors is the one that init prints, and the schema is the built one", async () => {
  expect(blocks(section("Editors"))).toEqual([SCHEMA_LINE]);
  const { stdout } = await runCli(["init", "--builtin"]);
  expect(stdout.split("\n")[0]).toBe(SCHEMA_LINE);
  const built = await readFile(new URL("../../schema.json", import.meta.url), "utf8");
  expect(built).toBe(configJsonSchemaText());
});
