import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Command } from "commander";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Context } from "../../../src/cli/context.js";
import { createProgram } from "../../../src/cli/program.js";
import { run } from "../../../src/cli/run.js";
import { systemClock } from "../../../src/clock.js";
import { generateKey } from "../../../src/masking/index.js";

const PEM = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pem = PEM.export({ format: "pem", type: "pkcs8" }).toString();
const key = generateKey();
const password = "pass-word-7734-canary";
const session = "FwoGZXIvYXdzE7734canary";
const signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

/** What must not get out: by the text that would show it, in each of the forms in which it is typed. */
const SECRETS = {
  url: { hidden: password, text: `postgres://loader:${password}@127.0.0.1:1/shop` },
  "broken URL": { hidden: password, text: `postgres://loader:${password}#x y@127.0.0.1:1/shop` },
  "parameter of a URL": { hidden: password, text: `postgres://127.0.0.1:1/shop?password=${password}` },
  "misspelt parameter": { hidden: password, text: `postgres://127.0.0.1:1/shop?pasword=${password}` },
  "libpq's other form": { hidden: password, text: `host=127.0.0.1 port=1 password=${password}` },
  key: { hidden: key.slice(-40), text: key },
  "private key": { hidden: pem.split("\n")[1]?.slice(0, 40) ?? "", text: pem },
  token: {
    hidden: signature,
    text: `127.0.0.1:1/?Action=connect&DBUser=u&X-Amz-Security-Token=${session}&X-Amz-Signature=${signature}`,
  },
  "word of a password": { hidden: password, text: password },
  "session token": { hidden: session, text: session },
} as const;
type Kind = keyof typeof SECRETS;
const KINDS = Object.keys(SECRETS) as Kind[];

/** Flags that name something of the user's own, which messages have to name too: a bare word there is that name. */
const NAMES = new Set(["--queue", "--config", "--key"]);

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** No files of whoever runs the tests, and nobody who answers. */
const env = {
  HOME: folder,
  AWS_REGION: "eu-west-1",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret-7734-canary",
  AWS_SESSION_TOKEN: session,
  AWS_MAX_ATTEMPTS: "1",
};

beforeEach(() => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs the program in this process; all that it has printed. */
async function printed(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const chunks: string[] = [];
  const stream = (): NodeJS.WriteStream => {
    const sink = new PassThrough();
    sink.on("data", (chunk) => chunks.push(String(chunk)));
    return sink as unknown as NodeJS.WriteStream;
  };
  const stdin = new PassThrough();
  stdin.end();
  const context: Context = {
    env: { ...env, ...more },
    cwd: folder,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stream(),
    stderr: stream(),
    clock: systemClock,
    signals: {
      stop: new AbortController().signal,
      kill: new AbortController().signal,
      exitCode: () => undefined,
    },
  };
  await run(["node", "sqs2pg", ...args, "--log-level", "debug", "--json"], context);
  return chunks.join("");
}

function commands(): readonly Command[] {
  const context = { env, stderr: process.stderr } as unknown as Context;
  return createProgram(context, () => {}).commands;
}

/** How a secret can be typed in the wrong place, with the place. */
interface Misuse {
  readonly what: string;
  readonly kind: Kind;
  readonly args: readonly string[];
}

/** Flags that many commands have are tried with two of them, one of which takes values. */
const SHARED = new Set(
  commands()
    .find((command) => command.name() === "drain")
    ?.options.map(({ long }) => long),
);

function misuses(): Misuse[] {
  return commands().flatMap((command) => {
    const name = command.name();
    const ownFlags = command.options.filter(
      ({ long }) => name === "drain" || name === "unmask" || !SHARED.has(long),
    );
    return KINDS.flatMap((kind) => {
      const { text } = SECRETS[kind];
      const given = (what: string, ...args: string[]): Misuse => ({
        what: `${name} ${what}`,
        kind,
        args: [name, ...args],
      });
      const flags = ownFlags.flatMap(({ long, required }) => {
        if (typeof long !== "string") return [];
        const isName = NAMES.has(long) && (kind === "word of a password" || kind === "session token");
        return [
          ...(isName ? [] : [given(long, long, text), given(`${long}=`, `${long}=${text}`)]),
          given(`${long} misspelt`, `${long}e`, text),
          given(`${long} misspelt=`, `${long.slice(0, -1)}=${text}`),
          ...(required ? [] : [given(`${long} glued`, `${long}${text}`)]),
        ];
      });
      return [
        ...flags,
        given("as an argument", ...(command.registeredArguments.length > 0 ? ["--as", "nothing"] : []), text),
        given("glued to a letter", `-p${text}`),
        given("with a dash", `-${text}`),
        given("with two dashes", `--${text}`),
      ];
    });
  });
}

function expectHidden(said: string, kind: Kind, what: string): void {
  const shown = [SECRETS[kind].hidden, session, "secret-7734-canary"].filter((text) => said.includes(text));
  expect(shown, `${what}\n${said}`).toEqual([]);
}

describe("a secret in the wrong place is not repeated", () => {
  test.each(KINDS)("%s", async (kind) => {
    const all = misuses().filter((misuse) => misuse.kind === kind);
    expect(all.length).toBeGreaterThan(150);
    for (const { what, args } of all) expectHidden(await printed(args), kind, what);
  });

  test.each(KINDS)("%s in the place of a command", async (kind) => {
    for (const args of [[SECRETS[kind].text], ["--json", SECRETS[kind].text]]) {
      expectHidden(await printed(args), kind, args[0] ?? "");
    }
  });

  test.each(KINDS)("%s in a variable that takes another thing", async (kind) => {
    const { text } = SECRETS[kind];
    const isWord = kind === "word of a password" || kind === "session token";
    const variables = [
      ...["DATABASE_URL", "SQS2PG_MASK_KEY", "SQS2PG_DATABASE_AUTH", "PGPORT", "PGSSLMODE", "PGPASSWORD"],
      ...["PGCHANNELBINDING", "PGREQUIREAUTH", "PGSSLMINPROTOCOLVERSION", "PGPASSFILE", "PGCONNECT_TIMEOUT"],
      ...(isWord ? [] : ["SQS2PG_QUEUE", "PGHOST", "PGSSLKEY", "PGSSLCERT", "PGSSLROOTCERT", "PGSSLCRL"]),
    ];
    for (const name of variables) {
      const base = { PGHOST: "127.0.0.1", PGPORT: "1", PGDATABASE: "d", PGUSER: "u" };
      const said = await printed(["migrate"], { ...base, [name]: text });
      expectHidden(said, kind, name);
      expectHidden(
        await printed(["migrate", "--database-auth", "iam"], { ...base, [name]: text }),
        kind,
        name,
      );
    }
  });

  test.each(KINDS)("%s in files", async (kind) => {
    const path = join(folder, "secret");
    writeFileSync(path, SECRETS[kind].text, { mode: 0o600 });
    const url = (parameter: string): string => `postgres://u@127.0.0.1:1/d?${parameter}=${path}`;
    const lines = [
      ["keys", "--key", `file:${path}`],
      ["keys", "--key", `aws-kms:${path}`],
      ["drain", "--config", path],
      ...["sslrootcert", "sslcert", "sslkey", `sslcert=${path}&sslkey`, "sslcrl", "passfile"].map(
        (parameter) => [...["migrate", "--database", url(parameter)]],
      ),
    ];
    for (const args of lines) expectHidden(await printed(args), kind, args.join(" "));
  });
});

test("no value that begins with a dash is repeated by what takes values", async () => {
  const value = fc.stringMatching(/^--?[a-z0-9:@.+_-]{6,30}$/);
  const flags = new Set(commands().flatMap(({ options }) => options.map(({ long }) => long)));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("forget", "unmask"), value, async (command, text) => {
      fc.pre(
        ![...flags].some((flag) => flag !== undefined && flag !== null && text.startsWith(flag.slice(0, 4))),
      );
      expect(await printed([command, text])).not.toContain(text);
    }),
    { numRuns: 200 },
  );
});
