import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

test("docs/pipelines.md explains each code of the check, and no other", () => {
  const folder = "src/loader/target-check/";
  const source = readdirSync(new URL(folder, root)).map((file) => read(`${folder}${file}`));
  const codes = source.flatMap((text) =>
    [...text.matchAll(/(?:code: |problem\(\s*)"([a-z_]+)"/g)].map(([, code]) => code),
  );
  const [, section = ""] = read("docs/pipelines.md").split("### What is checked before the first message");
  const explained = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code);
  expect(explained.toSorted()).toEqual([...new Set(codes)].toSorted());
});
