import { expect, test } from "vitest";
import { payloadsCheck } from "../../../src/doctor/checks/payloads.js";
import type { Tools } from "../../../src/doctor/tools.js";
import { PayloadError } from "../../../src/errors.js";
import type { Session } from "../../../src/fetcher/sqs/session.js";
import type { Payload } from "../../../src/payloads/payloads.js";
import { found, settingsOf, toolsOf } from "./support.js";

const MISSING: Payload = {
  reject: { stage: "parse", code: "s3_object_missing", field: null, reason: "gone" },
};

function toolsWith(buckets: readonly string[]): Tools {
  const tools = toolsOf();
  tools.facts.settings.set(settingsOf({ s3Buckets: buckets }));
  tools.facts.session.set({ context: () => ({ queue: "q", region: "eu-west-1" }) } as Session);
  return tools;
}

function checkWith(answer: (bucket: string) => Payload): ReturnType<typeof payloadsCheck> {
  return payloadsCheck(async ({ region }) => ({
    fetch: async ({ bucket, key }) => {
      expect({ region, key }).toEqual({ region: "eu-west-1", key: "sqs2pg-doctor-no-such-object" });
      return answer(bucket);
    },
    close: () => {},
  }));
}

const refusal = (code: string) => (): never => {
  throw new PayloadError("failed", code, "S3 says no to this: do something");
};

test("an object that is not there is missing in each bucket: reading is allowed", async () => {
  const asked: string[] = [];
  const check = checkWith((bucket) => {
    asked.push(bucket);
    return MISSING;
  });
  expect(await found(check, toolsWith(["one", "two"]))).toMatchObject({
    status: "ok",
    figures: { buckets: 2 },
  });
  expect(asked).toEqual(["one", "two"]);
});

test("denied: s3:GetObject or s3:ListBucket is missing", async () => {
  const finding = await found(checkWith(refusal("s3_access_denied")), toolsWith(["one"]));
  expect(finding).toMatchObject({ status: "warning", code: "s3_access_denied", remedy: "do something" });
});

test("anything else fails, and without buckets nothing is asked", async () => {
  const check = checkWith(refusal("s3_bucket_missing"));
  await expect(found(check, toolsWith(["one"]))).rejects.toMatchObject({ code: "s3_bucket_missing" });
  expect((await found(check, toolsWith([]))).status).toBe("ok");
});
