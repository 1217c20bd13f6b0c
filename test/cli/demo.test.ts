import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { until } from "../support/until.js";

const DEMO = fileURLToPath(new URL("../demo/demo.ts", import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-test-"));
  // PostgreSQL runs under another account when the tests run as root: it must be able to enter.
  await chmod(folder, 0o755);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Demo {
  readonly result: Promise<{ exitCode: number | undefined; stdout: string; stderr: string }>;
  /** What it and the commands that it ran have written so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
}

function startDemo(...args: string[]): Demo {
  return start("node", ["--import", "tsx", DEMO, ...args]);
}

/** As people start it, but for the build: the script of the package, run by npm. */
async function startByNpm(...args: string[]): Promise<Demo> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const demo = scripts.demo
    .replace("npm run --silent build", "true")
    .replace("test/demo/demo.ts", `'${DEMO}'`);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, scripts: { demo } }));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return start("npm", ["run", "demo", "--", ...args], folder);
}

function start(command: string, args: readonly string[], cwd = process.cwd()): Demo {
  const child = execa(command, args, {
    all: true,
    cwd,
    // The last one is a trap: the demo must not touch a database of whoever runs it.
    env: { TMPDIR: folder, DATABASE_URL: "postgres://nobody@203.0.113.1/wrong" },
    reject: false,
    timeout: 120_000,
  });
  let output = "";
  child.all.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  return {
    result: child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr })),
    output: () => output,
    signal: (name) => {
      child.kill(name);
    },
  };
}

/** The environment that the demo has told the user about. */
function exported(output: string): Record<string, string> {
  return Object.fromEntries(
    [...output.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}

async function foldersLeft(): Promise<number> {
  return (await readdir(folder)).filter((name) => name.startsWith("sqs2pg-")).length;
}

function fetchFails({ AWS_ENDPOINT_URL_SQS = "" }: Record<string, string>): Promise<boolean> {
  return fetch(AWS_ENDPOINT_URL_SQS).then(
    () => false,
    () => true,
  );
}

/** Both servers have stopped listening, and their folder is gone. */
async function expectNothingLeft(output: string): Promise<void> {
  expect(await foldersLeft()).toBe(0);
  const { DATABASE_URL, AWS_ENDPOINT_URL_SQS = "" } = exported(output);
  await expect(new pg.Client(DATABASE_URL).connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(fetch(AWS_ENDPOINT_URL_SQS)).rejects.toThrow();
}

describe("npm run demo", () => {
  it("shows the whole way of 1,000 messages, proves its sums and leaves nothing behind", async () => {
    const { result, output } = startDemo();
    expect(await result).toMatchObject({ exitCode: 0 });
    const commands = [...output().matchAll(/^\$ (.*)$/gm)].map(([, command]) => command);
    expect(commands).toEqual(["sqs2pg migrate", "sqs2pg peek --max 5", "sqs2pg drain", "sqs2pg drain"]);
    expect(output()).toContain("1,000 messages sent = 989 rows + 11 rejects: nothing lost, nothing twice.");
    expect(output()).toMatch(/user_id +device_type +masked_ip/);
    expect(output()).toContain('{"bar":"string(3)"');
    await expectNothingLeft(output());
  });

  it("stops cleanly at Ctrl-C in the middle of a drain: its report is printed, nothing is left", async () => {
    const { result, signal, output } = startDemo("--messages", "20000");
    await until("the drain has begun", () => output().includes("$ sqs2pg drain"));
    const client = new pg.Client(exported(output())["DATABASE_URL"]);
    client.on("error", () => {});
    await client.connect();
    await until(
      "rows are there",
      async () => (await client.query("select from user_logins limit 1")).rowCount === 1,
    );
    await client.end();
    signal("SIGINT");
    expect(await result).toMatchObject({ exitCode: 130 });
    expect(output()).toContain("Interrupted: draining login-queue");
    await expectNothingLeft(output());
  });

  it("ends with 143 at SIGTERM, wherever it is", async () => {
    const { result, signal, output } = startDemo();
    await until("a command runs", () => output().includes("$ sqs2pg migrate"));
    signal("SIGTERM");
    expect(await result).toMatchObject({ exitCode: 143 });
    await expectNothingLeft(output());
  });

  it("leaves both servers up with --keep, to be used from another terminal until Ctrl-C", async () => {
    const { result, signal, output } = startDemo("--messages", "100", "--keep");
    await until("it waits", () => output().includes("until Ctrl-C"), 60_000);
    const drained = await runCli(["drain", "--json"], { env: exported(output()) });
    expect(JSON.parse(drained.stdout)).toMatchObject({ queue: "login-queue" });
    expect(output()).toContain("unset it to try a file of your own");
    signal("SIGINT");
    expect(await result).toMatchObject({ exitCode: 0 });
    await expectNothingLeft(output());
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends with npm: %s", async (name) => {
    const { result, signal, output } = await startByNpm("--messages", "100", "--keep");
    await until("it waits", () => output().includes("until Ctrl-C"), 60_000);
    signal(name);
    await result;
    await until(
      "it has ended",
      async () => (await fetchFails(exported(output()))) && (await foldersLeft()) === 0,
    );
    await expectNothingLeft(output());
  });

  it("says in one line what is wrong with a flag", async () => {
    expect(await startDemo("--messages", "many").result).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: 'demo: --messages must be a whole number from 1 to 1,000,000, not "many"',
    });
  });
});
