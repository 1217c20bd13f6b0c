import { describe, expect } from "vitest";
import { examine, OF_DATABASE, OF_QUEUE, WARNINGS } from "../../support/doctor.js";
import { startHttpProxy } from "../../support/http-proxy.js";
import { test } from "../../support/sqs-faults/bench.js";
import type { Action, Fault } from "../../support/sqs-faults/fault.js";
import { always, hang, refuse } from "../../support/sqs-faults/refusals.js";

describe.concurrent("what is wrong with the queue", () => {
  test("it is missing: all that is about the database is looked at", async ({ env }) => {
    const { check, ids, exitCode } = await examine(env, ["--queue", "no-such-queue"]);
    expect(check("queue")).toMatchObject({ status: "failed", code: "queue_missing" });
    expect(ids("failed")).toEqual(["queue"]);
    expect(ids("skipped")).toEqual(["identity", ...OF_QUEUE, "sqs_latency", "throughput"]);
    for (const id of OF_DATABASE) expect(WARNINGS.includes(id) || check(id).status === "ok").toBe(true);
    expect(check("may_decrypt").found).toBe("needs: queue, which failed");
    expect(exitCode).toBe(1);
  });

  test.for<[action: Action, id: string, args: readonly string[]]>([
    ["GetQueueUrl", "queue", []],
    ["GetQueueAttributes", "messages", []],
    ["ReceiveMessage", "may_receive", ["--receive"]],
    ["DeleteMessageBatch", "may_delete", []],
    ["ChangeMessageVisibilityBatch", "may_extend", []],
  ])(
    "%s is denied: which permission is missing, and on what",
    async ([action, id, args], { env, faults }) => {
      faults.on(action, always(refuse("AccessDenied", 403)));
      const { check, ids, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint }, args);
      expect(check(id)).toMatchObject({
        ...{ status: "failed", code: "access_denied", kind: "failed" },
        remedy: expect.stringContaining(`allow sqs:${action.replace("Batch", "")} on arn:aws:sqs:eu-west-1:`),
      });
      expect(ids("failed")).toEqual([id]);
      expect(exitCode).toBe(1);
    },
  );

  test("credentials that have expired, or are none", async ({ env, faults }) => {
    for (const [said, code] of [
      ["ExpiredToken", "credentials_expired"],
      ["InvalidClientTokenId", "credentials_invalid"],
    ] as const) {
      faults.on("GetQueueUrl", always(refuse(said, 403)));
      const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint });
      expect(check("queue")).toMatchObject({ status: "failed", code });
      expect(exitCode).toBe(1);
    }
  });

  test("it does not answer: in its time, and nothing else waits for it", async ({ env, faults }) => {
    faults.on("GetQueueUrl", always(hang));
    const some = { ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint };
    const { check, exitCode } = await examine(some, ["--timeout", "5s"]);
    expect(check("queue")).toMatchObject({ status: "failed", code: "timed_out", kind: "unavailable" });
    // On a busy machine it may take too long as well; it is not skipped.
    expect(check("database").status).not.toBe("skipped");
    expect(exitCode).toBe(75);
  });

  test("nobody listens at all", async ({ env }) => {
    const { ids, check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" });
    expect(check("queue")).toMatchObject({ code: "connection_refused", kind: "unavailable" });
    expect(ids("failed")).toEqual(["queue"]);
    expect(exitCode).toBe(75);
  });

  test("it is of another account than the credentials", async ({ env, sqs, queue }) => {
    const arn = queue.arn.replace("000000000000", "123456789012");
    const all = { ...env, AWS_ENDPOINT_URL_STS: sqs.endpoint };
    const { check } = await examine(all, ["--queue", arn]);
    expect(check("identity")).toMatchObject({
      status: "ok",
      found: expect.stringMatching(/^arn:aws:iam::000000000000:root; the queue is of account 123456789012/),
    });
  });

  test("the proxy to STS says nothing: it ends by itself", async ({ env }) => {
    const proxy = await startHttpProxy();
    proxy.silence(true);
    const proxied = {
      HTTPS_PROXY: `http://${proxy.address}`,
      AWS_ENDPOINT_URL_STS: "https://sts.example",
    };
    const { check, exitCode } = await examine({ ...env, ...proxied }, ["--timeout", "5s"]);
    expect(check("identity")).toMatchObject({ status: "warning", code: "identity_unknown" });
    expect(new Set(proxy.seen.map(({ target }) => target))).toEqual(new Set(["sts.example:443"]));
    expect(exitCode).toBe(0);
    await proxy.stop();
  });

  test("STS is not there: no drain needs it", async ({ env }) => {
    const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" });
    expect(check("identity")).toMatchObject({ status: "warning", code: "identity_unknown" });
    expect(exitCode).toBe(0);
  });
});

/** As from a server whose clock is ten minutes behind. */
const late: Fault = async (_request, forward) => {
  const answer = await forward();
  return { ...answer, headers: { date: new Date(Date.now() - 600_000).toUTCString() } };
};

test("a clock that differs from that of SQS", async ({ env, faults }) => {
  for (const action of ["GetQueueUrl", "GetQueueAttributes"] as const) faults.on(action, always(late));
  for (const action of ["DeleteMessageBatch", "ChangeMessageVisibilityBatch"] as const) {
    faults.on(action, always(late));
  }
  const { check, exitCode } = await examine({ ...env, AWS_ENDPOINT_URL_SQS: faults.endpoint });
  expect(check("clock")).toMatchObject({
    ...{ status: "warning", code: "clock_skew" },
    found: expect.stringMatching(/^this machine is (9|10) min ahead of SQS: AWS refuses/),
  });
  expect(exitCode).toBe(0);
});
