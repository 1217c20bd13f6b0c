import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parsePipeline } from "../../src/config/parse-pipeline.js";
import type { Column } from "../../src/config/pipeline.js";
import { pipelineSchema } from "../../src/config/schema.js";
import { keysAt } from "../../src/config/schema-at.js";
import {
  createMask,
  generateKey,
  generateKeyPair,
  MASK_NAMES,
  type MaskName,
  type MaskStrategy,
  parseKeys,
  STRATEGIES,
  withSealer,
} from "../../src/masking/index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${ROOT}docs/masking.md`, "utf8");
const readme = readFileSync(`${ROOT}README.md`, "utf8");

/** What stands between a heading and the next one of the same level. */
function section(title: string): string {
  const [, text] = page.split(new RegExp(`^## ${title}$`, "m"));
  if (text === undefined) throw new Error(`the page has no section ${title}`);
  return text.split(/^## /m)[0] ?? "";
}

/** The cells of a table's rows, without its head. */
function rows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => /^ *\| /.test(line) && !/^ *\| ---/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, code = ""]) => code);

const examples = blocks(page, "yaml").map((text): readonly Column[] => {
  const file: unknown = parse(text);
  return parsePipeline(file, { source: "docs/masking.md" }).pipeline.columns;
});

describe("the page about masking", () => {
  test("helps to decide for every strategy", () => {
    const offered = rows(section("Decide")).flatMap(([, cell = ""]) => names(cell));
    expect(offered.toSorted()).toEqual(MASK_NAMES.toSorted());
  });

  test.each(MASK_NAMES)("says of %s what it is", (name) => {
    const row = rows(section("All strategies")).find(([cell = ""]) => names(cell)[0] === name);
    const [, equal, joinable, readBack, key, output, fits] = row ?? [];
    const { deterministic, outputLength, reversibleBy, ...strategy } = STRATEGIES[name];
    expect(/^(yes|NULL|one constant)/.test(equal ?? "")).toBe(deterministic);
    expect(/^yes/.test(joinable ?? "")).toBe(strategy.joinable);
    const READ_BACK: Readonly<Record<MaskStrategy["reversibleBy"], RegExp>> = {
      ...{ nobody: /^nobody/, key: /^the key's holder$/, vault: /^the key's holder with the vault$/ },
      "private-key": /^the private key's holder$/,
    };
    expect(readBack).toMatch(READ_BACK[reversibleBy]);
    expect(key).toBe({ none: "none", "mask-key": "masking key", "public-key": "public key" }[strategy.key]);
    expect(fits).toBe(name === "null" ? "any" : strategy.output === "ip" ? "text, `inet`" : "text");
    const [, characters, perByte] =
      /^(\d+) (?:hex digits|characters)( and 4\/3 of the bytes)?$/.exec(output ?? "") ?? [];
    const length = outputLength({
      strategy: name,
      domain: "",
      ...(perByte === undefined ? {} : { maxBytes: 300 }),
    });
    if (characters !== undefined) expect(Number(characters) + (perByte === undefined ? 0 : 400)).toBe(length);
  });

  test("says of each setting which strategies have it", () => {
    const table = rows(section("Settings")).slice(1);
    const described = table.flatMap(([cell = ""]) => names(cell));
    expect(described.toSorted()).toEqual(
      keysAt(pipelineSchema, ["columns", "c", "mask"])
        .filter((name) => name !== "strategy")
        .toSorted(),
    );
    const camel = (name: string): string =>
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    for (const [cell = "", of = ""] of table) {
      for (const name of names(cell)) {
        if (name === "domain" || name === "companion" || name === "key_id") continue;
        const having = Object.values(STRATEGIES).filter(({ settings }) =>
          settings.some((one) => one === camel(name)),
        );
        expect(names(of).toSorted()).toEqual(having.map((strategy) => strategy.name).toSorted());
      }
    }
  });

  test("has a heading and an example for every strategy and every setting", () => {
    const headings = [...section("Settings").matchAll(/^### (.*)$/gm)].flatMap(([, title = ""]) =>
      names(title),
    );
    expect(headings.toSorted()).toEqual([...MASK_NAMES, "companion"].toSorted());
    const masks = examples.flat().flatMap(({ mask }) => (mask === undefined ? [] : [mask]));
    expect(new Set(masks.map(({ strategy }) => strategy))).toEqual(new Set(MASK_NAMES));
    const text = blocks(page, "yaml").join("\n");
    for (const name of keysAt(pipelineSchema, ["columns", "c", "mask"])) expect(text).toContain(`${name}:`);
  });

  test("counts characters right", () => {
    const { outputLength } = STRATEGIES["aes-siv"];
    expect(page).toContain(
      `= ${outputLength({ strategy: "aes-siv", domain: "", maxBytes: 120 })} characters`,
    );
  });

  test.each<[MaskName, (value: string) => Promise<string[]>]>([
    ["aes-siv", withKey],
    ["sealed", withPair],
  ])("shows how to read %s without this program", async (strategy, prepare) => {
    const [, code = ""] = page.split(`<!-- run: ${strategy} -->`);
    const [program = ""] = blocks(code, "js");
    expect(program.trim().split("\n").length).toBeLessThan(20);
    expect(program).not.toContain("sqs2pg/masking");
    const value = "2001:db8::1";
    const [masked = "", key = ""] = await prepare(value);
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-", "client.ip", masked], {
      ...{ cwd: ROOT, input: program },
      env: { SQS2PG_MASK_KEY: key, PRIVATE_KEY: key },
    });
    expect(stdout).toBe(value);
  });

  test("calls things by names that there are", () => {
    const sources = ["src", "migrations"].flatMap((folder) =>
      readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })
        .filter((path) => /\.[jt]s$/.test(path))
        .map((path) => readFileSync(`${ROOT}${folder}/${path}`, "utf8")),
    );
    const all = sources.join("\n");
    const prose = page.replace(/^```.*?^```$/gms, "");
    const used = new Set(
      [...prose.matchAll(/`(?:sqs2pg\.)?([a-z0-9]+(?:_[a-z0-9]+)+)`/g)].map(([, name = ""]) => name),
    );
    // Columns of examples.
    const missing = [...used].filter((name) => !all.includes(name) && !page.includes(`companion: ${name}`));
    const labels = new Set(page.match(/(?<!\/)sqs2pg\/[a-z0-9-]+(?:\/[a-z0-9-]+)*/g));
    for (const label of labels) if (!new RegExp(`${label}["/\`]`).test(all)) missing.push(label);
    expect(labels.size).toBeGreaterThan(6);
    expect(used.size).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});

async function withKey(value: string): Promise<string[]> {
  const key = generateKey();
  return [createMask({ strategy: "aes-siv", domain: "client.ip" }, parseKeys(key))(value) ?? "", key];
}

async function withPair(value: string): Promise<string[]> {
  const { publicKey, privateKey } = await generateKeyPair();
  const keys = await withSealer(parseKeys(publicKey));
  return [createMask({ strategy: "sealed", domain: "client.ip" }, keys)(value) ?? "", privateKey];
}

describe("the readme", () => {
  test("has every strategy in its table", () => {
    const [, text = ""] = readme.split(/^## Masking and keys$/m);
    const table = rows(text.split(/^## /m)[0] ?? "").flatMap(([cell = ""]) => names(cell));
    for (const name of MASK_NAMES) expect(table).toContain(name);
  });
});

describe.each(["README.md", "docs/masking.md", "docs/reliability.md", "bench/RESULTS.md"])("%s", (path) => {
  const text = readFileSync(`${ROOT}${path}`, "utf8").replace(/^```.*?^```$/gms, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target));

  test("has links that lead somewhere", () => {
    const broken = links.filter((target) => {
      const [file = "", anchor] = target.split("#");
      const url = new URL(file === "" ? path : file, new URL(path, `file://${ROOT}`));
      const found = file === "" ? new URL(path, `file://${ROOT}`) : url;
      if (!existsSync(found)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(found, "utf8")).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("never promises more than a mask does", () => {
    expect(text).not.toMatch(/anonymi[sz]|de-?identif/i);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.replace(/^```.*?^```$/gms, "").matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
