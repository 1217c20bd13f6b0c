import { createHmac, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { withMask } from "../../../src/config/mask-override.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import { createMask, parseKey } from "../../../src/masking/index.js";
import { compileTransform } from "../../../src/transform/compile.js";
import { loginTransform, message, sampleBody } from "./support.js";

const keyBytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const key = parseKey(`sqs2pg-key-1:${keyBytes.toString("base64url")}`);
const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "login" });
const context = { queueName: "login-queue", runId: "run" };

function hmac(domain: string, value: string): string {
  const subkey = hkdfSync("sha256", keyBytes, "", `sqs2pg/hmac-sha256/${domain}`, 32);
  return createHmac("sha256", Buffer.from(subkey)).update(value).digest("hex");
}

test("the sample event becomes exactly the row that the design defines", () => {
  const transform = compileTransform({
    pipelines: [pipeline],
    maskFor: (spec) => createMask(spec, key),
    ...context,
  });
  expect(transform(message(sampleBody))).toEqual({
    rows: [
      {
        target: 0,
        values: [
          "424cdd21-063a-43a7-b91b-7ca1a833afae",
          "android",
          hmac("ip", "199.172.111.135"),
          hmac("device_id", "593-47-5928"),
          "RU",
          20300,
          "2023-09-13",
        ],
      },
    ],
  });
});

test("with plain sha256 it holds the published digests", () => {
  const plain = withMask(pipeline, "sha256");
  const outcome = compileTransform({ pipelines: [plain], maskFor: (spec) => createMask(spec), ...context })(
    message(sampleBody),
  );
  expect(outcome).toMatchObject({
    rows: [
      {
        target: 0,
        values: [
          expect.anything(),
          expect.anything(),
          "a6d0e2f27f6111e10b06790db42f34123e724aa0fd24b280f4a0ef5ee986784c",
          "4f00c1a807b673887c7af517d0df68e6b41aecf8cbec26c71fe4c580664669ed",
          "RU",
          20300,
          "2023-09-13",
        ],
      },
    ],
  });
});

test("null and missing fields are NULL, unknown ones are ignored, an empty string is masked like any other", () => {
  const outcome = loginTransform()(message('{"user_id":"u","locale":null,"ip":"","extra":{"a":1}}'));
  expect(outcome).toEqual({
    rows: [{ target: 0, values: ["u", null, "ip:0", null, null, null, "2023-09-13"] }],
  });
});

test("a version that has no number is NULL with a warning", () => {
  const outcome = loginTransform()(message('{"user_id":"u","app_version":"2.3.0-beta"}'));
  expect(outcome).toEqual({
    rows: [
      {
        target: 0,
        values: ["u", null, null, null, null, null, "2023-09-13"],
        warnings: [{ column: "app_version", code: "not_convertible" }],
      },
    ],
  });
});

test("the first column that fails decides the reject", () => {
  expect(loginTransform()(message('{"foo":"oops_wrong_msg_type","bar":"123"}'))).toMatchObject({
    reject: { stage: "transform", code: "missing", field: "user_id" },
  });
  expect(loginTransform()(message('{"user_id":"u","ip":7,"locale":8}'))).toMatchObject({
    reject: { stage: "transform", code: "wrong_type", field: "ip" },
  });
});
