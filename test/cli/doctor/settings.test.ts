import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test } from "../../support/bench.js";
import { type Environment, examine } from "../../support/doctor.js";

describe.concurrent("what is wrong with the settings", () => {
  test("all mistakes of the config file at once; what does not need it goes on", async ({
    env,
    onTestFinished,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(
      join(folder, "sqs2pg.yaml"),
      "queue: q\ntable: t\ncolumns:\n  a: { from: 7, type: nonsense }\n",
    );
    const { check, ids, exitCode } = await examine(env, [], folder);
    expect(check("config")).toMatchObject({ status: "failed", kind: "usage" });
    expect(check("config").details.length).toBeGreaterThan(1);
    expect(check("config").details.join()).toMatch(/columns\.a/);
    expect(check("database").status).toBe("ok");
    expect(check("region")).toMatchObject({ status: "ok", found: "eu-west-1, from AWS_REGION" });
    expect(check("credentials").status).toBe("ok");
    expect(ids("skipped")).toEqual(expect.arrayContaining(["key", "queue", "migrations"]));
    expect(check("throughput").found).toBe("needs: config, which failed");
    expect(exitCode).toBe(2);
    const { AWS_REGION: _, ...elsewhere } = env;
    const { check: without } = await examine(elsewhere, [], folder);
    expect(without("region")).toMatchObject({
      ...{ status: "failed", code: "no_region" },
    });
  });

  test("a mask that can be guessed is warned of", async ({ env }) => {
    const { check, exitCode } = await examine(env, ["--mask", "sha256"]);
    expect(check("config")).toMatchObject({ status: "warning" });
    expect(check("config").details.join()).toMatch(/plain sha256 can be guessed/);
    expect(exitCode).toBe(0);
  });

  test.for<[what: string, more: Environment, id: string, code: string]>([
    ["a region that is none", { AWS_REGION: "Eu West!" }, "region", "region_malformed"],
    ["no key", { SQS2PG_MASK_KEY: "canary" }, "key", "key_malformed"],
    ["no credentials", { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }, "credentials", "no_credentials"],
    ["no database", { DATABASE_URL: "" }, "database", "database_missing"],
    ["an endpoint that is no URL", { AWS_ENDPOINT_URL_SQS: "localhost:1" }, "queue", "endpoint_malformed"],
  ])("%s", async ([_what, more, id, code], { env }) => {
    const { check, ids, exitCode } = await examine({ ...env, ...more });
    expect(check(id)).toMatchObject({ status: "failed", code, kind: "usage", remedy: expect.any(String) });
    expect(ids("failed")).toEqual([id]);
    expect(exitCode).toBe(2);
  });
});

test("no region", async ({ env: { AWS_REGION: _, ...env } }) => {
  const { check, exitCode } = await examine(env);
  expect(check("region")).toMatchObject({ status: "failed", code: "no_region", kind: "usage" });
  expect(exitCode).toBe(2);
});

describe.concurrent("credentials", () => {
  const lasting = (ms: number): Environment => ({
    AWS_SESSION_TOKEN: "canary",
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + ms).toISOString(),
  });

  test.for<[hours: number, status: string, code: string | null]>([
    [12, "ok", null],
    [0.5, "warning", "credentials_expire"],
    [-1, "failed", "credentials_expired"],
  ])("that last %d h", async ([hours, status, code], { env }) => {
    const { check } = await examine({ ...env, ...lasting(hours * 3_600_000) });
    expect(check("credentials")).toMatchObject({ status, code });
    expect(check("credentials").figures["expires_at"]).toMatch(/^\d{4}-/);
  });

  test("of two places: which one is used", async ({ env, onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "credentials");
    await writeFile(file, "[work]\naws_access_key_id = AKIDCANARY\naws_secret_access_key = canary\n");
    const more = { AWS_PROFILE: "work", AWS_SHARED_CREDENTIALS_FILE: file };
    expect((await examine({ ...env, ...more })).check("credentials")).toMatchObject({
      ...{ status: "warning", code: "credentials_ambiguous" },
      found: expect.stringMatching(
        /^from the shared credentials file \(profile work\); both AWS_PROFILE and /,
      ),
    });
  });
});
