import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../RESULTS.md", import.meta.url));

/** A Markdown table; numbers stand on the right. */
export function markdownTable(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const isNumber = (name: string): boolean => rows.every((row) => typeof row[name] === "number");
  return [
    line(names),
    line(names.map((name) => (isNumber(name) ? "--:" : "---"))),
    ...rows.map((row) => line(names.map((name) => textOf(row[name] ?? "")))),
  ].join("\n");
}

function textOf(value: string | number): string {
  return typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 2 }) : value;
}

/** When and on what the figures came about; without a version for what no database had a part in. */
export function machineLine(postgresVersion?: string): string {
  const day = new Date().toISOString().slice(0, 10);
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memoryGiB = Math.round(totalmem() / 1024 ** 3);
  return `${day}: ${availableParallelism()} cores (${model}), ${memoryGiB} GiB, Node ${process.versions.node}${postgresVersion === undefined ? "" : `, PostgreSQL ${postgresVersion}`}.`;
}

/** Replaces what RESULTS.md has between the marks of a section, and leaves all else as it is. */
export async function writeSection(name: string, text: string): Promise<void> {
  const start = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const file = await readFile(FILE, "utf8");
  const from = file.indexOf(start);
  const to = file.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`bench/RESULTS.md has no section ${name}`);
  await writeFile(FILE, `${file.slice(0, from + start.length)}\n${text}\n${file.slice(to)}`);
}
