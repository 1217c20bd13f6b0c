import { expect, test } from "vitest";
import { objectReject } from "../../../src/payloads/s3/object-rejects.js";

const named = (name: string, more: object = {}): Error => Object.assign(new Error("text"), { name, ...more });
const codeOf = (error: unknown, isOfS3 = true): string | undefined =>
  objectReject(error, () => isOfS3)?.reject.code;

test.each([
  ["a path that cannot be encoded", new URIError("URI malformed")],
  ["a path that the HTTP client refuses", named("TypeError", { code: "ERR_UNESCAPED_CHARACTERS" })],
])("%s is about one object", (_name, error) => {
  expect(codeOf(error, false)).toBe("s3_key_invalid");
});

test.each([
  // A session token with a line end in it, say.
  ["a header that the HTTP client refuses", named("TypeError", { code: "ERR_INVALID_CHAR" })],
  ["an access denied", named("AccessDenied")],
  ["an access denied of KMS", named("KMS.AccessDeniedException")],
  ["a missing bucket", named("NoSuchBucket")],
  ["another invalid request", named("InvalidRequest")],
  ["no error", "NoSuchKey"],
])("%s is not", (_name, error) => {
  expect(codeOf(error)).toBeUndefined();
});

test("nor is what another service says in S3's words", () => {
  expect([codeOf(named("NoSuchKey")), codeOf(named("NoSuchKey"), false)]).toEqual([
    "s3_object_missing",
    undefined,
  ]);
});
