import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { PeekResult } from "../../src/drain/peek-result.js";
import { test } from "../support/bench.js";
import { LOADED_BODIES, REFUSED_BODIES } from "../support/canaries/bodies.js";
import { type Canary, leaksIn } from "../support/canaries.js";
import { runCli, startCli } from "../support/cli.js";

const DEBUG = ["--log-level", "debug"];
const bodies = [...LOADED_BODIES, ...REFUSED_BODIES];

describe.concurrent("peek shows no value", () => {
  test.for([
    ["as JSON", ["--json"], {}],
    ["for people, in colour and narrow", [], { FORCE_COLOR: "1", COLUMNS: "40", LANG: "C.UTF-8" }],
  ] as const)("%s", async ([, flags, env], { queue, queueEnv }) => {
    queue.send(bodies);
    const result = await runCli(["peek", "--max", "100", ...flags, ...DEBUG], {
      env: { ...queueEnv, ...env },
    });
    expect(result.exitCode).toBe(0);
    expect(leaksIn(result.stdout + result.stderr)).toEqual([]);
  });

  test("unless it is asked for: --raw does, on stdout alone", async ({ queue, queueEnv }) => {
    queue.send(bodies);
    const { stdout, stderr } = await runCli(["peek", "--raw", "--json", "--max", "100", ...DEBUG], {
      env: queueEnv,
    });
    const { messages }: PeekResult = JSON.parse(stdout);
    expect(new Set(messages.map(({ body }) => body))).toEqual(new Set(bodies));
    expect(leaksIn(stdout)).not.toEqual([]);
    expect(leaksIn(stderr)).toEqual([]);
  });
});

describe.concurrent("no secret of the settings gets out", () => {
  const SECRETS: Canary[] = [
    { name: "key", text: "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k" },
    { name: "password", text: "pass-word-7734-canary" },
    { name: "odd password", text: "p@ss:w/rd#7734?canary" },
    { name: "AWS secret", text: "wJalrXUtnFEMI7734canaryEXAMPLEKEY" },
    { name: "session", text: "FwoGZXIvYXdzE7734canary" },
  ];
  const [key = "", password = "", odd = "", secret = "", session = ""] = SECRETS.map(({ text }) => text);

  const keyText = `sqs2pg-key-1:${key}`;
  const CASES: readonly (readonly [what: string, args: readonly string[], env: Record<string, string>])[] = [
    [
      "a key that is too long, and a password that breaks its URL",
      ["drain"],
      { SQS2PG_MASK_KEY: `${keyText}x`, DATABASE_URL: `postgres://u:${odd}@127.0.0.1:1/d` },
    ],
    [
      "a key and an odd password as flags",
      ["drain", "--key", keyText, "--database", `postgres://u:${odd}@h/d`],
      {},
    ],
    ["a bare key as a flag", ["drain", "--key", key, "--queue", `postgres://u:${password}@h/d`], {}],
    ["a key as a file and as a mask", ["drain", "--key", `file:${keyText}`, "--mask", keyText], {}],
    ["a key in a misspelt flag", ["drain", `--kye=${keyText}`], {}],
    ["a password in a URL", ["drain"], { DATABASE_URL: `postgres://u:${password}@127.0.0.1:1/d` }],
    [
      "a password in a parameter",
      ["drain"],
      { DATABASE_URL: `postgres://u@127.0.0.1:1/d?password=${password}` },
    ],
    [
      "a password in PGPASSWORD",
      ["migrate"],
      { DATABASE_URL: "", PGHOST: "127.0.0.1", PGPORT: "1", PGPASSWORD: password },
    ],
    [
      "AWS's settings",
      ["peek", "--queue", "none"],
      { AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session },
    ],
    [
      "what signs a token of IAM's",
      ["migrate", "--database-auth", "iam"],
      { AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session },
    ],
    [
      "what Node itself would print",
      ["peek"],
      { NODE_DEBUG: "http,https,net,tls", AWS_SESSION_TOKEN: session },
    ],
    [
      "what libraries would print",
      ["migrate"],
      { DEBUG: "*", DATABASE_URL: `postgres://u:${password}@127.0.0.1:1/d` },
    ],
    ["an endpoint", ["peek"], { AWS_ENDPOINT_URL_SQS: `http://u:${password}@127.0.0.1:1/` }],
  ];

  async function expectNoSecret(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const result = await runCli([...args, "--json", ...DEBUG], { env });
    expect(result.exitCode).not.toBe(0);
    expect(leaksIn(result.stdout + result.stderr, SECRETS)).toEqual([]);
  }

  test.for(CASES)("of %s", async ([, args, given], { queueEnv }) => {
    await expectNoSecret(args, { ...queueEnv, DATABASE_URL: "postgres://u@127.0.0.1:1/d", ...given });
  });

  test("of a config file that holds them", async ({ queueEnv }) => {
    const folder = await mkdtemp(join(tmpdir(), "leaks-"));
    const config = join(folder, "sqs2pg.yaml");
    const pipeline = `queue: q\npassword: ${password}\nkey: ${keyText}\ntable: t\ncolumns:\n`;
    const texts = [
      `${pipeline}  a: { from: a, type: text, mask: ${keyText} }\n`,
      `database: postgres://u:${password}@h/d\n  broken: [\n`,
    ];
    for (const text of texts) {
      await writeFile(config, text);
      await expectNoSecret(["drain", "--config", config], queueEnv);
    }
    await rm(folder, { recursive: true });
  });

  test("of the arguments, to whoever lists the processes", async ({ queueEnv, skip }) => {
    if (process.platform !== "linux") skip();
    const server = createServer().listen(0, "127.0.0.1");
    const connected = once(server, "connection");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const url = `postgres://u:${password}@127.0.0.1:${port}/d`;
    const running = startCli(["migrate", "--database", url], { env: queueEnv });
    const [socket] = await connected;
    const shown = await readFile(`/proc/${running.pid}/cmdline`, "utf8");
    socket.destroy();
    server.close();
    expect((await running.result).stderr).toMatch(/--database holds a password/);
    expect(shown).toMatch(/migrate/);
    expect(leaksIn(shown, SECRETS)).toEqual([]);
  });
});

test("debugging of libraries shows no rows", async ({ queue, env }) => {
  queue.send(bodies);
  const { stderr } = await runCli(["drain", "--json", ...DEBUG], { env: { ...env, DEBUG: "*" } });
  expect(leaksIn(stderr)).toEqual([]);
  expect(stderr).not.toMatch(/knex:/);
});
