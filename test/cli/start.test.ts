import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { test } from "../support/bench.js";
import { loginEvents } from "../support/events.js";
import { type Loaded, runListed } from "../support/loaded.js";

/** What takes long to load, each of which only some commands have a use for. */
const HEAVY = /^(?:@aws-sdk\/.*|cli-table3|hpke|https?-proxy-agent|jiti|knex|ora|pg|undici|yaml|zod)$/;

const heavyOf = ({ packages }: Loaded): string[] => packages.filter((name) => HEAVY.test(name));

describe.concurrent("a start loads what its command uses and nothing else", () => {
  test.for(["--help", "--version", "help drain", "drain --help", "drain --nope"])(
    "%s: the parser of arguments, colours, and few files",
    async (line) => {
      const { packages, own } = await runListed(line.split(" "));
      expect(packages).toEqual(["chalk", "commander"]);
      // Another one is a module that is to be named in build.js.
      expect(own.toSorted()).toEqual(["errors", "main", "start"]);
    },
  );

  test.for(["keygen", "init --builtin"])("%s: no database, no queue", async (line) => {
    const loaded = await runListed(line.split(" "));
    expect(loaded).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heavyOf(loaded)).toEqual([]);
  });

  test.for(["migrate --print-sql", "rejects --json", "replay --json"])(
    "%s: no queue",
    async (line, { env }) => {
      const loaded = await runListed(line.split(" "), { env });
      expect(loaded).toMatchObject({ exitCode: 0, stderr: "" });
      expect(heavyOf(loaded)).toEqual(["knex", "pg"]);
    },
  );

  test("peek: no database, and a table only to show one", async ({ queue, queueEnv }) => {
    queue.send([...loginEvents(2)]);
    const json = await runListed(["peek", "--json"], { env: queueEnv });
    expect(json).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heavyOf(json).filter((name) => !name.startsWith("@aws-sdk/"))).toEqual([]);
    expect(heavyOf(json)).toContain("@aws-sdk/client-sqs");
    const shown = await runListed(["peek"], { env: queueEnv });
    expect(shown.packages).toContain("cli-table3");
  });

  test("drain of the built-in pipeline", async ({ env }) => {
    const loaded = await runListed(["drain", "--json"], { env });
    expect(loaded).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heavyOf(loaded).filter((name) => !name.startsWith("@aws-sdk/"))).toEqual(["knex", "pg", "undici"]);
    // None of its fetch, its caches and its mocks.
    expect(loaded.modules.filter((path) => /\/undici\/index\.js$/.test(path))).toEqual([]);
    expect(loaded.packages.filter((name) => /^@aws-sdk\/(?:client-(?!sqs)|rds)/.test(name))).toEqual([]);
  });

  test("drain with a file of its own: what reads that and checks it", async ({ env, queue }) => {
    const cwd = await mkdtemp(join(tmpdir(), "start-"));
    const text = `queue: ${queue.name}\ntable: user_logins\ncolumns: { user_id: { from: user_id, type: varchar(128) } }\n`;
    await writeFile(join(cwd, "sqs2pg.yaml"), text);
    const loaded = await runListed(["drain", "--json"], { env, cwd });
    await rm(cwd, { recursive: true });
    expect(loaded).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heavyOf(loaded).filter((name) => !name.startsWith("@aws-sdk/"))).toEqual([
      "knex",
      "pg",
      "undici",
      "yaml",
      "zod",
    ]);
  });
});

/** The files of dist that one of them imports, and what those import, by their names without hashes. */
async function importedBy(url: URL, found = new Map<string, string>()): Promise<string[]> {
  if (found.has(url.href)) return [];
  found.set(url.href, basename(fileURLToPath(url)).replace(/(?:-[0-9a-f]{8})?\.js$/, ""));
  const text = await readFile(url, "utf8");
  for (const [, path = ""] of text.matchAll(/\bfrom "(\.[^"]+)";$/gm))
    await importedBy(new URL(path, url), found);
  return [...found.values()];
}

test("sqs2pg/masking is by itself: no file of the program, which reads package.json, for one", async () => {
  const files = await importedBy(new URL("../../dist/masking/index.js", import.meta.url));
  expect(files).toEqual(expect.arrayContaining(["errors", "masking"]));
  expect(files).not.toContain("start");
});
