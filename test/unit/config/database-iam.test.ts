import { expect, test, vi } from "vitest";
import { connectArn, iamToken, regionOf } from "../../../src/config/database-iam.js";

test.each([
  ["db.abc123.eu-west-1.rds.amazonaws.com", "eu-west-1"],
  ["c.cluster-ro-abc123.us-gov-east-1.rds.amazonaws.com", "us-gov-east-1"],
  ["p.proxy-abc123.ap-southeast-2.rds.amazonaws.com", "ap-southeast-2"],
  ["db.abc123.rds.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ["db.internal.example", "sa-east-1"],
  ["db.abc123.eu-west-1.rds.amazonaws.com.evil.example", "sa-east-1"],
])("%s is in %s", (host, region) => {
  expect(regionOf(host, { AWS_REGION: "sa-east-1" })).toBe(region);
});

test("a host that says nothing, without AWS_REGION", () => {
  expect(regionOf("db.internal.example", {})).toBe(undefined);
});

test("the resource of the policy", () => {
  expect(connectArn("loader", "eu-west-1")).toBe(
    "arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:DB-RESOURCE-ID/loader",
  );
  expect(connectArn("loader", "cn-north-1")).toMatch(/^arn:aws-cn:/);
});

test("the token is a signed request to connect as the user", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret-canary");
  try {
    const token = await iamToken({ host: "h.example", port: 5432, user: "loader", region: "eu-west-1" });
    expect(token).toMatch(
      /^h\.example:5432\/\?Action=connect&DBUser=loader&X-Amz-Algorithm=AWS4-HMAC-SHA256/,
    );
    expect(token).toContain("eu-west-1%2Frds-db%2Faws4_request");
    expect(token).not.toContain("secret-canary");
  } finally {
    vi.unstubAllEnvs();
  }
});
