import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installNodePeers } from "./support/install-peers.js";
import { machineLine, markdownTable, writeSection } from "./support/results.js";

/**
 * What an installation takes on the disk: the package as it would be published, in an empty folder with all that npm brings
 * along; and the packages of the one that is written with sqs-consumer.
 *
 *     npm run bench:size
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "sqs2pg-size-"));
try {
  const { stdout } = await run("npm", [
    "pack",
    "--json",
    "--ignore-scripts",
    "--pack-destination",
    folder,
    ROOT,
  ]);
  const [{ filename }] = JSON.parse(stdout);
  const packed = join(folder, filename);
  const { size } = await stat(packed);
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", packed], { cwd: folder });
  const rows = [
    { what: "sqs2pg", "packed MiB": mebibytes(size / 1_024), ...(await installed(folder)) },
    {
      what: "sqs-consumer, the AWS SDK, knex and pg",
      "packed MiB": "",
      ...(await installed(await installNodePeers())),
    },
  ];
  const table = markdownTable(rows);
  process.stdout.write(`${table}\n`);
  await writeSection("size", `${machineLine()}\n\n${table}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function installed(project: string): Promise<Readonly<Record<string, number>>> {
  const modules = join(project, "node_modules");
  const { stdout } = await run("du", ["-sk", modules]);
  const packages = (await readdir(modules, { recursive: true, withFileTypes: true })).filter(
    ({ name, parentPath }) => name === "package.json" && /node_modules\/(@[^/]+\/)?[^/@]+$/.test(parentPath),
  );
  return {
    "installed MiB": mebibytes(Number.parseInt(stdout, 10)),
    packages: new Set(packages.map(({ parentPath }) => dirname(join(parentPath, "package.json")))).size,
  };
}

function mebibytes(kibibytes: number): number {
  return Math.round((kibibytes / 1_024) * 10) / 10;
}
