import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { outcomes, reportOf } from "../../support/bench.js";
import { type FaultyBench, test as faultsTest } from "../../support/sqs-faults/bench.js";
import type { Action, Rule } from "../../support/sqs-faults/fault.js";
import { always, between, refuse } from "../../support/sqs-faults/refusals.js";

const ACTIONS: readonly Action[] = [
  "ReceiveMessage",
  "DeleteMessageBatch",
  "ChangeMessageVisibilityBatch",
  "GetQueueAttributes",
];
const expired = refuse("ExpiredToken", 403);
const denied = refuse("AccessDenied", 403);

/** Credentials from a process, as SSO helpers are: each run of it gives the next access key. */
interface Issued {
  readonly env: Readonly<Record<string, string>>;
  issued(): Promise<number>;
}
const test = faultsTest.extend<{ issuing: (secondsToLive: number) => Promise<Issued> }>({
  issuing: async ({ task: _task }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "sqs2pg-credentials-"));
    await use(async (secondsToLive) => {
      const log = join(folder, "issued");
      const script = join(folder, "issue.mjs");
      const config = join(folder, "config");
      await writeFile(log, "");
      await writeFile(
        script,
        `import { appendFileSync, readFileSync } from "node:fs";
         appendFileSync(${JSON.stringify(log)}, "x");
         const AccessKeyId = "AKID" + readFileSync(${JSON.stringify(log)}, "utf8").length;
         const Expiration = new Date(Date.now() + ${secondsToLive * 1000}).toISOString();
         console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey: "s", SessionToken: "t", Expiration }));`,
      );
      await writeFile(config, `[profile issuer]\ncredential_process = ${process.execPath} ${script}\n`);
      const env = {
        AWS_CONFIG_FILE: config,
        AWS_PROFILE: "issuer",
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
      };
      return { env, issued: async () => (await readFile(log, "utf8")).length };
    });
    await rm(folder, { recursive: true });
  },
});

function expireAt(faults: FaultyBench["faults"], isExpired: Parameters<typeof when>[0]): void {
  for (const action of ACTIONS) faults.on(action, when(isExpired));
}

function when(isExpired: (request: Parameters<Rule>[0]) => boolean): Rule {
  return (request) => (isExpired(request) ? expired : undefined);
}

describe.concurrent("credentials that expire in the middle", () => {
  test("end the run, which says what to do; what it had comes back", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(400);
    let isExpired = false;
    expireAt(faults, ({ action, number }) => {
      isExpired ||= action === "DeleteMessageBatch" && number > 5;
      return isExpired;
    });
    const { exitCode, report, stderr } = await faulty(["--batch-size", "20", "--visibility", "3"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the AWS credentials have expired: renew them");
    expect(report).toMatchObject({ stopped_because: "error", deleted: 50, queue_after: null });
    expect(report.error).toMatchObject({ kind: "failed", code: "credentials_expired" });
    expect(report.loaded).toBe(report.deleted + report.delete_failed);
    expect(outcomes(report)).toBe(report.received);
    const after = await settled(sent);
    expect(after?.duplicates).toBe(report.delete_failed);
  });

  test("and that their process renews in time: the run does not notice", async ({
    faults,
    startFaulty,
    issuing,
    send,
    settled,
  }) => {
    const sent = send(300);
    // The SDK asks anew for what has less than five minutes left.
    const { env, issued } = await issuing(60);
    const running = startFaulty(["--max", "300", "--concurrency", "2"], env);
    const report = reportOf(await running.result);
    expect(report).toMatchObject({ received: 300, loaded: 300, deleted: 300 });
    expect(await issued()).toBeGreaterThan(1);
    expect(new Set(faults.requests.map(({ accessKeyId }) => accessKeyId)).size).toBeGreaterThan(1);
    expect(await settled(sent)).toBeUndefined();
  });

  test("before their time, although their process would give new ones: the run ends", async ({
    faults,
    startFaulty,
    issuing,
    send,
    settled,
  }) => {
    const sent = send(300);
    const { env, issued } = await issuing(3_600);
    let isExpired = false;
    expireAt(faults, ({ action, number, accessKeyId }) => {
      isExpired ||= action === "DeleteMessageBatch" && number > 5;
      return isExpired && accessKeyId === "AKID1";
    });
    const args = ["--max", "300", "--batch-size", "20", "--visibility", "3"];
    const result = await startFaulty(args, env).result;
    const report = reportOf(result);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("have expired: renew them (`aws sso login --profile issuer`");
    expect(outcomes(report)).toBe(report.received);
    // The SDK goes by the time that it was told, not by SQS's refusal.
    expect(await issued()).toBe(1);
    await settled(sent);
  });
});

describe.concurrent("a permission that is missing", () => {
  test("to delete: the run ends after the first page, and says which one", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(300);
    faults.on("DeleteMessageBatch", always(denied));
    const { exitCode, report, stderr } = await faulty(["--batch-size", "20", "--visibility", "3"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/allow sqs:DeleteMessage on arn:aws:sqs:eu-west-1:\d{12}:queue-/);
    expect(report).toMatchObject({ deleted: 0, delete_failed: report.loaded });
    expect(outcomes(report)).toBe(report.received);
    expect(await settled(sent)).toMatchObject({ duplicates: report.loaded });
  });

  test("to change the visibility: seen when something is to be given back", async ({
    faults,
    startFaulty,
    send,
    settled,
  }) => {
    const sent = send(30);
    faults.on("ChangeMessageVisibilityBatch", always(denied));
    const running = startFaulty(["--dry-run", "--visibility", "3"]);
    const { exitCode, stdout, stderr } = await running.result;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/allow sqs:ChangeMessageVisibility on arn:aws:sqs/);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ released: report.received, loaded: 0 });
    await settled(sent);
  });

  test("to read the attributes: nothing is received", async ({ faults, startFaulty, queue, send }) => {
    send(10);
    faults.on("GetQueueAttributes", always(denied));
    const { exitCode, stderr } = await startFaulty().result;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/allow sqs:GetQueueAttributes on arn:aws:sqs/);
    expect(faults.asked("ReceiveMessage")).toBe(0);
    expect(queue.receiveCounts()).toEqual(Array(10).fill(0));
  });

  test("to read the attributes, taken away in the middle: all is loaded, and the run fails", async ({
    faults,
    faulty,
    send,
    settled,
  }) => {
    const sent = send(20);
    faults.on("GetQueueAttributes", between(2, 1_000, always(denied)));
    const { exitCode, report } = await faulty();
    expect(exitCode).toBe(1);
    expect(report).toMatchObject({ received: 20, loaded: 20, deleted: 20, queue_after: null });
    expect(await settled(sent)).toBeUndefined();
  });
});
