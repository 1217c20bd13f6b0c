import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = new URL("../../docs/reliability.md", import.meta.url);
const text = readFileSync(page, "utf8");

/** The last column of the tables of faults, and of the guarantees: names of test files, some with their folder. */
const named = text
  .split("\n")
  .filter(
    (line) =>
      line.startsWith("| ") && line.split("|").length === 5 && !/^\| (---|fault|guarantee|proof) /.test(line),
  )
  .filter((line) => !line.includes("npm "))
  .flatMap((line) => line.split("|")[3]?.split(/[,;]/) ?? [])
  .map((name) => name.replace(/\[.*?\]\(.*?\)|\(.*?\)|30 s:|100 times over one backlog:/g, "").trim())
  .filter((name) => name !== "");

const FOLDERS = ["", "faults/", "faults/extended/", "unit/", "unit/simulation/", "integration/loader/"];

test("every test that the page names is there", () => {
  expect(named.length).toBeGreaterThan(80);
  const missing = named.filter((name) =>
    FOLDERS.every(
      (folder) =>
        !existsSync(new URL(`../${folder}${name}.test.ts`, import.meta.url)) &&
        !existsSync(new URL(`../${folder}${name}/`, import.meta.url)),
    ),
  );
  expect(missing).toEqual([]);
});

test("every test of a fault is named by the page", () => {
  const files = ["faults", "faults/extended", "soak"].flatMap((folder) =>
    readdirSync(new URL(`../${folder}/`, import.meta.url)).filter((name) => name.endsWith(".test.ts")),
  );
  const unnamed = files.map((name) => name.replace(".test.ts", "")).filter((name) => !text.includes(name));
  expect(unnamed).toEqual([]);
});
