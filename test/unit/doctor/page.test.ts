import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { GROUPS } from "../../../src/doctor/check.js";
import { CHECKS } from "../../../src/doctor/checks/index.js";

const page = await readFile(new URL("../../../docs/doctor.md", import.meta.url), "utf8");

test("the page describes each check in its group, and no other", () => {
  for (const group of GROUPS) {
    const heading = `${group.charAt(0).toUpperCase()}${group.slice(1)}`;
    const section = new RegExp(`^### ${heading}\\n(.*?)(?=^##)`, "ms").exec(page)?.[1] ?? "";
    const described = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, id]) => id);
    const ids = CHECKS.filter((check) => check.group === group).map(({ id }) => id);
    expect(described, group).toEqual(ids);
  }
});
