import { expect, test } from "vitest";
import { nodeCheck } from "../../../src/doctor/checks/machine.js";
import { packagesCheck } from "../../../src/doctor/checks/packages.js";
import { readCredentials } from "../../../src/doctor/credentials.js";
import type { Tools } from "../../../src/doctor/tools.js";
import { found, settingsOf, toolsOf } from "./support.js";

test.each([
  ["20.19.0", "ok"],
  ["20.20.2", "ok"],
  ["22.0.0", "ok"],
  ["20.18.9", "failed"],
  ["18.99.0", "failed"],
])("Node %s is %s", async (running, status) => {
  expect(await found(nodeCheck(running), toolsOf())).toMatchObject({
    status,
    found: expect.stringContaining(running),
  });
});

function toolsFor(more: Partial<Tools>, buckets: readonly string[] = []): Tools {
  const tools = toolsOf(more);
  tools.facts.settings.set(settingsOf({ s3Buckets: buckets }));
  return tools;
}

test("a package that the settings need, there or not", async () => {
  const wrapped = toolsFor({ env: { SQS2PG_MASK_KEY: "# comment\nsqs2pg-kms-1:AAAA" } });
  const missing = await found(
    packagesCheck(() => false),
    wrapped,
  );
  expect(missing).toMatchObject({
    status: "failed",
    kind: "usage",
    remedy: "npm install @aws-sdk/client-kms",
  });
  const there = await found(
    packagesCheck(() => true),
    toolsFor({ flags: { key: "aws-kms:keys" } }),
  );
  expect(there).toMatchObject({ status: "ok", found: expect.stringContaining("@aws-sdk/client-kms") });
  const signer = await found(
    packagesCheck(() => false),
    toolsFor({ env: { SQS2PG_DATABASE_AUTH: "iam" } }),
  );
  expect(signer).toMatchObject({ status: "failed", remedy: "npm install @aws-sdk/rds-signer" });
  const unneeded = await found(
    packagesCheck(() => false),
    toolsFor({ flags: { key: "env:OTHER" }, env: { SQS2PG_MASK_KEY: "sqs2pg-kms-1:AAAA" } }),
  );
  expect(unneeded.status).toBe("ok");
  const payloads = await found(
    packagesCheck(() => false),
    toolsFor({}, ["bucket"]),
  );
  expect(payloads).toMatchObject({ status: "failed", remedy: "npm install @aws-sdk/client-s3" });
});

test.each<[marks: readonly string[], source: string, isRenewed: boolean]>([
  [["CREDENTIALS_ENV_VARS"], "the environment", false],
  [["CREDENTIALS_PROFILE"], "the shared credentials file (profile work)", false],
  [["CREDENTIALS_PROFILE_SSO", "CREDENTIALS_SSO"], "AWS SSO (profile work)", true],
  [
    ["CREDENTIALS_PROFILE_SOURCE_PROFILE", "CREDENTIALS_STS_ASSUME_ROLE"],
    "an assumed role (profile work)",
    true,
  ],
  [
    ["CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN", "CREDENTIALS_STS_ASSUME_ROLE_WEB_ID"],
    "a role by web identity",
    true,
  ],
  [["CREDENTIALS_IMDS"], "the instance's role", true],
  [["CREDENTIALS_HTTP"], "the container's role", true],
  [[], "the SDK's own search", true],
])("credentials marked %j come from %s", (marks, source, isRenewed) => {
  const $source = Object.fromEntries(marks.map((mark) => [mark, "x"]));
  const given = { accessKeyId: "AKIDCANARY", secretAccessKey: "canary" };
  const read = readCredentials({ ...given, $source }, { AWS_PROFILE: "work" });
  expect(read).toMatchObject({ source, isRenewed });
  expect(JSON.stringify(read)).not.toMatch(/canary/i);
});
