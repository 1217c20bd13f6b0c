import { describe, expect } from "vitest";
import { runCli, startCli } from "../../support/cli.js";
import { examine, examined, WARNINGS } from "../../support/doctor.js";
import { test } from "../../support/sqs-faults/bench.js";
import { always, hang } from "../../support/sqs-faults/refusals.js";

describe.concurrent("everything is there", () => {
  test("it is ready, changes nothing, and shows figures", async ({ env, sqs, queue, database }) => {
    queue.send(['{"user_id":"canary"}']);
    const all = { ...env, AWS_ENDPOINT_URL_STS: sqs.endpoint };
    const { report, exitCode, check, ids } = await examine(all);
    expect(exitCode).toBe(0);
    expect(ids("warning")).toEqual(WARNINGS);
    expect(ids("skipped")).toEqual(["may_receive"]);
    expect(report).toMatchObject({ ready: true, counts: { failed: 0, warning: 2, skipped: 1 } });
    expect(check("identity").figures).toMatchObject({ account: "000000000000" });
    expect(check("messages").figures).toMatchObject({ type: "standard", visible: 1, in_flight: 0 });
    expect(check("key").found).toMatch(/^[0-9a-f]{8} for masked_ip, masked_device_id; from SQS2PG_MASK_KEY$/);
    expect(check("migrations").figures).toMatchObject({ pending: 0, schema: "sqs2pg" });
    expect(check("database").figures).toMatchObject({ source: "DATABASE_URL", user: "postgres" });
    expect(queue.receiveCounts()).toEqual([0]);
    const [rows] = await database.query(
      `select (select count(*)::int from user_logins) as rows, (select count(*)::int from sqs2pg.ledger) as ledger,
              (select count(*)::int from sqs2pg.runs) as runs, (select count(*)::int from sqs2pg.mask_keys) as keys`,
    );
    expect(rows).toEqual({ rows: 0, ledger: 0, runs: 0, keys: 0 });
  });

  test("as text: groups, a check a line, the verdict last", async ({ env }) => {
    const { stdout, stderr, exitCode } = await runCli(["doctor"], { env });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^this machine\n {2}ok {7}Node\.js +\d+\.\d+\.\d+, sqs2pg \d/);
    expect(stdout).toMatch(/\n {2}warning {2}dead letters +no redrive policy.*\n +-> give the queue/);
    expect(stdout).toMatch(/\n\nready: \d+ ok, 2 warnings, 2 skipped\n$/);
    expect(stdout).not.toContain("\u001b");
  });

  test("--strict takes warnings for failures", async ({ env }) => {
    const { exitCode, report } = await examine(env, ["--strict"]);
    expect({ exitCode, ready: report.ready }).toEqual({ exitCode: 1, ready: true });
  });

  test("--receive takes one message, gives it back, and tells what it cost", async ({ env, queue }) => {
    queue.send(['{"user_id":"canary"}', '{"user_id":"canary"}']);
    const { check, exitCode } = await examine(env, ["--receive"]);
    expect(exitCode).toBe(0);
    expect(check("may_receive")).toMatchObject({ status: "ok", figures: { receive_count: 1 } });
    expect(queue.counts()).toEqual({ visible: 2, in_flight: 0, delayed: 0 });
    expect(queue.receiveCounts().sort()).toEqual([0, 1]);
  });

  test("a queue with a dead-letter queue, and a FIFO one", async ({ env, sqs, queue }) => {
    const dead = sqs.createQueue(`${queue.name}-dead`, { attributes: { MessageRetentionPeriod: "1209600" } });
    const orders = sqs.createQueue(`${queue.name}-orders`, {
      deadLetter: { queue: dead, maxReceiveCount: 5 },
    });
    const first = await examine(env, ["--queue", orders.name]);
    expect(first.check("dead_letters")).toMatchObject({
      status: "ok",
      figures: { max_receive_count: 5, dead_letters: 0 },
    });
    const fifo = sqs.createQueue(`${queue.name.slice(0, 20)}.fifo`);
    const second = await examine(env, ["--queue", fifo.url]);
    expect(second.check("messages").figures).toMatchObject({ type: "FIFO" });
    expect(second.check("queue").figures).toMatchObject({ looked_up: false });
  });
});

describe.concurrent("an interrupt", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s: what was found until then is told", async ([signal, code], { env, faults }) => {
    faults.on("GetQueueUrl", always(hang));
    const cli = startCli(["doctor", "--json"], { env: { ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint } });
    await cli.until("the queue is asked for", () => faults.asked("GetQueueUrl") > 0);
    cli.signal(signal);
    const { report, check, exitCode } = examined(await cli.result);
    expect(check("queue")).toMatchObject({ status: "skipped", found: "interrupted" });
    expect(check("config").status).toBe("ok");
    expect({ exitCode, ready: report.ready }).toEqual({ exitCode: code, ready: false });
  });
});
