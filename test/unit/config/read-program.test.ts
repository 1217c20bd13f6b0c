import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfigFile } from "../../../src/config/load-file.js";
import { directory, errorOf } from "./support.js";

const CONFIG = { queue: "q", table: "t", columns: { c: { from: "c", type: "text" } } };

async function read(
  name: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const cwd = directory({ [name]: text, ...more });
  return (await loadConfigFile({ cwd, env: { X: "1" }, path: name }))?.raw;
}

describe("a config in TypeScript is the default export", () => {
  test.each([
    [
      "sqs2pg.ts",
      `const t = "t" as const;\nexport default { ...${JSON.stringify(CONFIG)}, table: t } satisfies object;`,
    ],
    [
      "sqs2pg.mts",
      `import { defineConfig, type ColumnConfig } from "sqs2pg";
interface Named { readonly name: string }
enum Kind { Text = "text" }
const column = ({ name }: Named): ColumnConfig => ({ from: name, type: Kind.Text });
export default defineConfig({ queue: "q", table: "t", columns: { c: column({ name: "c" }) } });`,
    ],
  ])("of %s", async (name, text) => {
    expect(await read(name, text)).toEqual(CONFIG);
  });

  test("made with what it imports, and with functions in it", async () => {
    const helper =
      "export const column = (from: string): object => ({ from, type: 'text', convert: () => 1 });";
    const text = 'import { column } from "./helper.js";\nexport default { columns: { c: column("c") } };';
    expect(await read("sqs2pg.ts", text, { "helper.ts": helper })).toEqual({
      columns: { c: { from: "c", type: "text", convert: expect.any(Function) } },
    });
  });

  test("in which no variables are put: a program has process.env", async () => {
    expect(await read("sqs2pg.ts", 'export default { table: "${X}" };')).toEqual({ table: "${X}" });
  });

  test("and it is found in the working directory, unless there are two", async () => {
    const cwd = directory({ "sqs2pg.mts": "export default { a: 1 };" });
    expect(await loadConfigFile({ cwd, env: {} })).toEqual({ raw: { a: 1 }, source: "sqs2pg.mts" });
    writeFileSync(join(cwd, "sqs2pg.yml"), "");
    expect((await errorOf(() => loadConfigFile({ cwd, env: {} }))).message).toBe(
      "both sqs2pg.yml and sqs2pg.mts are here: choose one with --config",
    );
  });
});
