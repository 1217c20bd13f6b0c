import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Newest ones that run on Node 20; the SDK, knex and pg are those that sqs2pg itself has. */
const NODE_PACKAGES = [
  "sqs-consumer@14.2.8",
  "@aws-sdk/client-sqs@3.1169.0",
  "knex@3.3.0",
  "pg@8.23.1",
] as const;
const PYTHON_PACKAGES = ["boto3==1.44.8", "psycopg2-binary==2.9.13"] as const;
const BENTO = "v1.19.0";

/** For a note under a table. */
export const PEER_VERSIONS: string = [...NODE_PACKAGES, ...PYTHON_PACKAGES, `bento ${BENTO}`].join(", ");

const PROGRAMS = fileURLToPath(new URL("../peers/", import.meta.url));
const ROOT = join(tmpdir(), "sqs2pg-bench");
const run = promisify(execFile);

/** Resolves to the folder in which the JavaScript programs find their packages. */
export async function installNodePeers(): Promise<string> {
  const folder = await once(nameOf("node", NODE_PACKAGES), async (into) => {
    await writeFile(join(into, "package.json"), '{ "private": true, "type": "module" }\n');
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...NODE_PACKAGES], {
      cwd: into,
    });
  });
  for (const name of await readdir(PROGRAMS)) {
    if (name.endsWith(".mjs")) await copyFile(join(PROGRAMS, name), join(folder, name));
  }
  return folder;
}

/** Resolves to a Python that has its packages. */
export async function installPythonPeers(): Promise<string> {
  const folder = await once(nameOf("python", PYTHON_PACKAGES), async (into) => {
    await run("python3", ["-m", "venv", join(into, "venv")]);
    await run(join(into, "venv/bin/python"), ["-m", "pip", "install", "--quiet", ...PYTHON_PACKAGES]);
  });
  return join(folder, "venv/bin/python");
}

/** Resolves to the binary: Bento with the components that the job needs. Building it takes many minutes, once. */
export async function installBento(): Promise<string> {
  const folder = await once(`bento-${BENTO}`, async (into) => {
    await copyFile(join(PROGRAMS, "bento/main.go"), join(into, "main.go"));
    await writeFile(
      join(into, "go.mod"),
      `module bench/bento\n\ngo 1.26\n\nrequire github.com/warpstreamlabs/bento ${BENTO}\n`,
    );
    await run("go", ["build", "-mod=mod", "-o", "bento", "."], { cwd: into, maxBuffer: 64 * 1024 * 1024 });
  });
  return join(folder, "bento");
}

/** A program of a peer. */
export function peerFile(name: string): string {
  return join(PROGRAMS, name);
}

/** Makes a folder under the temporary one, unless a run before this one has: its name holds the versions. */
async function once(name: string, make: (into: string) => Promise<void>): Promise<string> {
  const folder = join(ROOT, name);
  const mark = join(folder, "installed");
  if (await isThere(mark)) return folder;
  process.stderr.write(`installing ${name} ...\n`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make(folder);
  await writeFile(mark, "");
  return folder;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function nameOf(kind: string, packages: readonly string[]): string {
  return [kind, ...packages.map((name) => name.replace(/[^\w.-]+/g, "-").replace(/^-/, ""))].join("_");
}
