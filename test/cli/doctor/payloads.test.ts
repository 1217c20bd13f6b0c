import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { test } from "../../support/bench.js";
import { examine } from "../../support/doctor.js";
import { s3Refusal, startS3 } from "../../support/s3.js";

test("the buckets of payloads: readable, or denied", async ({ queueEnv }) => {
  const s3 = await startS3();
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  onTestFinished(async () => {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const columns = "columns: { a: { from: a, type: text } }";
  await writeFile(join(folder, "sqs2pg.yaml"), `queue: q\ntable: t\n${columns}\ns3_buckets: [payloads]\n`);
  const env = { ...s3.environment, ...queueEnv };
  const readable = await examine(env, [], folder);
  expect(readable.check("may_read_payloads")).toMatchObject({ status: "ok", figures: { buckets: 1 } });
  expect(readable.check("packages").found).toMatch(/^@aws-sdk\/client-s3 for payloads .*: installed$/);
  expect(s3.requests).toEqual(["payloads/sqs2pg-doctor-no-such-object"]);
  s3.answerWith(s3Refusal("AccessDenied", 403));
  const denied = await examine(env, [], folder);
  expect(denied.check("may_read_payloads")).toMatchObject({
    ...{ status: "warning", code: "s3_access_denied" },
    remedy: expect.stringContaining("allow s3:GetObject on arn:aws:s3:::payloads/*"),
  });
});
