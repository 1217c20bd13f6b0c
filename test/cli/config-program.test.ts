import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** What becomes of a config that is a program, in a process of its own: a test runner loads modules in its own way. */
const READ = `
import { readFileSync } from "node:fs";
import { resolveSettings } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
const needs = { database: false, key: "never" };
const results = [];
for (const path of JSON.parse(readFileSync(0, "utf8"))) {
  const cwd = path.replace(/[^/]*$/, "");
  const name = path.slice(cwd.length);
  const settings = resolveSettings({ flags: { config: name }, cwd, env: {}, needs });
  results.push(await settings.then(({ pipeline }) => ({ pipeline }), ({ name, message }) => ({ name, message })));
}
console.log(JSON.stringify(results));
`;

const CONFIG = { queue: "q", table: "t", columns: { c: { from: "c", type: "text" } } };
const TEXT = JSON.stringify(CONFIG);

const GOOD: [what: string, name: string, text: string, packageText?: string][] = [
  ["a module", "c.mjs", `export default ${TEXT};`],
  ["a module that waits", "c.mjs", `export default await Promise.resolve(${TEXT});`],
  ["a module by its package", "sqs2pg.js", `export default ${TEXT};`, '{"type":"module"}'],
  ["CommonJS", "sqs2pg.js", `module.exports = ${TEXT};`, "{}"],
  [
    "TypeScript",
    "c.ts",
    `import { defineConfig } from "sqs2pg";\nexport default defineConfig(${TEXT} as const);`,
  ],
];

const SECRET = "pa55-of-the-database";
const THROWN = "its message may hold a secret, so run the file by itself to see it";

const FAULTS: [name: string, text: string, says: string | RegExp][] = [
  [
    "c.ts",
    "export const config = {};",
    "c.ts has no default export: write export default defineConfig({ ... })",
  ],
  ["c.mjs", "", "c.mjs has no default export: write export default defineConfig({ ... })"],
  [
    "c.ts",
    "interface A { a: 1 }\n\nexport default { a: 1,\n  b: @ };",
    "c.ts:4:7 cannot be parsed: Unexpected token",
  ],
  ["c.mjs", "export default { a: 1,\n  b: @ };", "c.mjs cannot be parsed: Invalid or unexpected token"],
  [
    "c.ts",
    'import a from "not-there";\nexport default a;',
    'c.ts imports "not-there", which is not installed',
  ],
  ["c.mjs", 'import a from "@not/there";', 'c.mjs imports "@not/there", which is not installed'],
  ["c.ts", 'import a from "./nope.js";\nexport default a;', 'c.ts imports "./nope.js", which is not there'],
  ["c.mjs", 'import a from "./nope.js";', /^c\.mjs imports ".*\/nope\.js", which is not there$/],
  [
    "c.mjs",
    'import { defineConfig } from "sqs2pg";',
    "c.mjs imports sqs2pg, which is not installed beside it: npm install sqs2pg, or export the config without defineConfig",
  ],
  [
    "c.mjs",
    'import { nope } from "node:fs";',
    /^c\.mjs(?::1)? cannot be parsed: The requested module 'node:fs' does not/,
  ],
];

const THROWS: [name: string, text: string, says: string][] = [
  ["c.mjs", `\nthrow new Error("${SECRET}");`, `c.mjs:2:7 throws an error (Error): ${THROWN}`],
  [
    "c.ts",
    `interface A { a: 1 }\n\nthrow new TypeError("${SECRET}");`,
    `c.ts:3 throws an error (TypeError): ${THROWN}`,
  ],
  ["c.mjs", `JSON.parse("${SECRET}");`, `c.mjs:1:6 throws an error (SyntaxError): ${THROWN}`],
  ["c.ts", `export default JSON.parse("${SECRET}");`, `c.ts:1 throws an error (SyntaxError): ${THROWN}`],
  [
    "c.mjs",
    `await Promise.resolve("${SECRET}").then(JSON.parse);`,
    `c.mjs:1:1 throws an error (SyntaxError): ${THROWN}`,
  ],
  ["c.ts", `throw "${SECRET}";`, `c.ts throws something that is no error: ${THROWN}`],
  [
    "c.mjs",
    `throw new Error("ParseError: ${SECRET}\\n /x:1:1");`,
    `c.mjs:1:7 throws an error (Error): ${THROWN}`,
  ],
  [
    "c.mjs",
    `import { readFileSync } from "node:fs";\nreadFileSync(7, "${SECRET}");`,
    `c.mjs:2:1 throws an error (TypeError, ERR_INVALID_ARG_VALUE): ${THROWN}`,
  ],
];

interface Result {
  readonly pipeline?: unknown;
  readonly name?: string;
  readonly message?: string;
}

let folder: string;
let results: Map<string, Result>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "program-"));
  const cases = [
    ...GOOD,
    ...[...FAULTS, ...THROWS].map(([name, text]): [string, string, string] => ["", name, text]),
  ];
  const paths = await Promise.all(
    cases.map(async ([, name, text, packageText = "{}"]) => {
      const path = await mkdtemp(join(folder, "of-"));
      await writeFile(join(path, "package.json"), packageText);
      await writeFile(join(path, name), text);
      return join(path, name);
    }),
  );
  const { stdout } = await execa("node", ["--input-type=module", "-e", READ], {
    input: JSON.stringify(paths),
  });
  const found: Result[] = JSON.parse(stdout);
  results = new Map(cases.map(([, , text], index) => [text, found[index] ?? {}]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(GOOD)("%s is a config", (_what, _name, text) => {
  expect(results.get(text)).toMatchObject({
    pipeline: { queue: "q", table: { name: "t" }, columns: [{ name: "c" }] },
  });
});

describe("what cannot be run is told in a line", () => {
  const messageOf = (text: string): string => {
    const { name, message = "" } = results.get(text) ?? {};
    expect(name).toBe("UsageError");
    expect(message).not.toContain("\n");
    expect(message).toMatch(/^the config file /);
    return message.slice("the config file ".length);
  };

  test.each(FAULTS)("%s: %j", (_name, text, says) => {
    if (typeof says === "string") expect(messageOf(text)).toBe(says);
    else expect(messageOf(text)).toMatch(says);
  });

  test.each(THROWS)("%s, without what it says itself: %j", (_name, text, says) => {
    expect(messageOf(text)).toBe(says);
  });
});
