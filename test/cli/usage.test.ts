import { describe, expect, test } from "vitest";
import { KEY } from "../support/bench.js";
import { runCli } from "../support/cli.js";

/** Reachable by nobody: what is wrong with the arguments is said before anything is connected to. */
const env = {
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing",
  SQS2PG_MASK_KEY: KEY,
  AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
};

type Wrong = readonly [argv: string, says: RegExp];

const numbers: readonly Wrong[] = [
  ...["0", "-1", "abc", "1.5", "1e3", "0x10", "9007199254740992", "99999999999999999999"].map(
    (value): Wrong => [`drain --max ${value}`, /--max must be a whole number from 1 up, not /],
  ),
  ["peek --max 0", /--max must be a whole number from 1 to 1,000, not "0"/],
  ["peek --max 1001", /--max must be a whole number from 1 to 1,000, not "1001"/],
  ["drain --batch-size 0", /--batch-size must be a whole number from 1 to 10,000, not "0"/],
  ["drain --batch-size 10001", /--batch-size must be a whole number from 1 to 10,000/],
  ["drain --concurrency 0", /--concurrency must be a whole number from 1 to 256/],
  ["drain --concurrency 257", /--concurrency must be a whole number from 1 to 256/],
  ["drain --wait 0", /--wait must be a whole number from 1 to 20/],
  ["drain --wait 21", /--wait must be a whole number from 1 to 20/],
  ["drain --visibility 1", /--visibility must be a whole number from 2 to 43,200/],
  ["drain --visibility 43201", /--visibility must be a whole number from 2 to 43,200/],
  ["drain --processes 0", /--processes must be a whole number from 1 to 32/],
  ["drain --processes 33", /--processes must be a whole number from 1 to 32/],
  ["drain --max-rejects -1", /--max-rejects must be a whole number from 0 up/],
  ["drain --max-duration 0s", /--max-duration must be a duration from 1ms to 24d, such as 90s/],
  ["drain --max-duration 25d", /--max-duration must be a duration from 1ms to 24d/],
  ["drain --max-duration 10", /--max-duration must be a duration .* not "10"/],
  ["drain --max-duration soon", /--max-duration must be a duration .* not "soon"/],
];

const words: readonly Wrong[] = [
  ["frobnicate", /unknown command 'frobnicate': see sqs2pg --help/],
  ["drian", /unknown command 'drian': did you mean drain\?/],
  ["drain --frobnicate", /unknown option '--frobnicate': see sqs2pg --help/],
  ["drain --frob\u001b[31m", /unknown option: see sqs2pg --help/],
  ["drain -phunter2", /unknown option: see sqs2pg --help/],
  ["hunter2", /unknown command: see sqs2pg --help/],
  ["forget -sensitive", /unknown option: put -- before the values, where one of them begins with a dash/],
  ["unmask --sensitive", /unknown option: put -- before the values/],
  ["unmask --jsno", /unknown option '--jsno': did you mean --json\?/],
  ["drain --concurency 3", /unknown option '--concurency': did you mean --concurrency\?/],
  ["drain login-queue", /too many arguments/],
  ["keygen --queue q", /unknown option '--queue'/],
  ["peek --dry-run", /unknown option '--dry-run'/],
  ["drain --max", /'--max <n>' argument missing/],
  ["drain --dry-run --on-reject quarantine", /'--dry-run' cannot be used with option '--on-reject <what>'/],
  ["migrate --status --rollback", /cannot be used with option/],
  ["migrate --status --print-sql", /cannot be used with option/],
  ["migrate --rollback --print-sql", /cannot be used with option/],
  ["drain --on-reject keep", /--on-reject must be leave or quarantine, not "keep"/],
  ["drain --pipeline logins", /--pipeline: the built-in login pipeline has one pipeline without a name/],
  ["drain --log-level loud", /--log-level must be error or warn or info or debug, not "loud"/],
  ["drain --mask md5", /--mask: there is no "md5".*hmac-sha256/],
  ["drain --queue ", /--queue needs the name, URL or ARN of a queue/],
  ["peek --queue two,words", /"two,words" is no queue: give a name/],
  ["drain --queue arn:aws:sqs:eu-west-1:12:q", /is not the ARN of a queue/],
  ["drain --queue https://example.org/q?x=1", /is not the URL of a queue/],
  ["drain --database mysql://host/db", /--database must be a URL that starts with postgres:\/\//],
  ["drain --database postgres://u:p#1@host/db", /--database cannot be read as a URL: percent-encode/],
];

/** The words of a command line; the last may be empty. */
function split(argv: string): string[] {
  return argv.split(" ");
}

describe.concurrent("a command line that cannot be used", () => {
  test.each([...numbers, ...words])("%s", async (argv, says) => {
    const { exitCode, stdout, stderr } = await runCli(split(argv), { env });
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^sqs2pg: .*\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  test.each([
    ["drain --max 0 --json", "invalid_value"],
    ["drain --json --frobnicate", "arguments_invalid"],
    ["drain --json --mask md5", "mask_unknown"],
  ])("is one JSON document too: %s", async (argv, code) => {
    const { exitCode, stdout } = await runCli(split(argv), { env });
    expect(JSON.parse(stdout)).toEqual({ error: { kind: "usage", code, message: expect.any(String) } });
    expect(exitCode).toBe(2);
  });

  test("has its stack at --log-level debug, and no values", async () => {
    const { stderr } = await runCli(split("drain --log-level debug --max canary-value-of-a-flag"), { env });
    expect(stderr).toMatch(/^ {4}at /m);
    expect(stderr.match(/canary/g)).toHaveLength(1);
  });
});

describe.concurrent("help", () => {
  test("shows the face of the tool first, and the exit codes", async () => {
    const { exitCode, stdout, stderr } = await runCli(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /Commands:\n {2}peek .*\n {2}drain .*\n {2}migrate .*\n\nSet up:\n {2}init .*\n {2}doctor .*\n {2}keygen /s,
    );
    for (const code of ["0", "1", "2", "3", "75", "130"]) {
      expect(stdout).toMatch(new RegExp(`^  ${code} `, "m"));
    }
  });

  test.each(["peek", "drain", "migrate", "init", "doctor", "keygen"])(
    "of %s names each of its flags",
    async (command) => {
      const { exitCode, stdout } = await runCli([command, "--help"]);
      expect(exitCode).toBe(0);
      for (const flag of ["--json", "--quiet", "--log-level", "--no-color"]) expect(stdout).toContain(flag);
    },
  );

  test("is what a call without a command gives, with exit code 2", async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("Usage: sqs2pg");
  });

  test("the version is the package's", async () => {
    const { version } = await import("../../src/version.js");
    expect(await runCli(["--version"])).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });
});

test("what is wrong with several flags is said at once", async () => {
  const { exitCode, stderr } = await runCli(["drain", "--max", "abc", "--batch-size", "0", "--wait", "99"], {
    env,
  });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^sqs2pg: arguments: 3 problems\n.*--max .*\n.*--batch-size .*\n.*--wait .*\n$/);
});

test.each([
  ["drain --databse=postgres://u:hunter2@host/db"],
  ["drain --maskkey=hunter2"],
  ["drain --config postgres://u:hunter2@host/db"],
  ["sqs2pg-key-1:hunter2hunter2hunter2hunter2hunter2hunter2"],
])("a secret in the wrong place is not repeated: %s", async (argv) => {
  const { exitCode, stdout, stderr } = await runCli([...argv.split(" "), "--json"], { env });
  expect(exitCode).toBe(2);
  expect(stdout + stderr).not.toContain("hunter2");
  expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "usage" } });
});
