import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Sqs2pgError, UsageError } from "../../../src/errors.js";
import { describeError } from "../../../src/fetcher/sqs/describe-error.js";

const CONTEXT = {
  action: "ReceiveMessage",
  queue: "login-queue",
  region: "eu-west-1",
  account: "123456789012",
  host: "sqs.eu-west-1.amazonaws.com",
};

/** An exception of STS or SSO, which the SDK asks for credentials, as its client throws it. */
class STSServiceException extends Error {
  readonly $fault = "client";
  readonly $metadata: object;
  constructor(name: string, status: number) {
    super("the-text-of-the-server");
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

function failure(name: string, properties: object = {}): Error {
  return Object.assign(new Error("the-text-of-the-sdk"), { name }, properties);
}

describe("describeError", () => {
  test.each([
    [
      "unknown host",
      { code: "ENOTFOUND", hostname: "sqs.eu-west-1.amazonaws.com" },
      "host_not_found",
      "sqs.eu-west-1.amazonaws.com: the host name is not known",
    ],
    [
      "no DNS",
      { code: "EAI_AGAIN", hostname: "sts.amazonaws.com" },
      "host_not_found",
      "sts.amazonaws.com: DNS",
    ],
    [
      "refused",
      { code: "ECONNREFUSED", address: "10.0.0.7", port: 443 },
      "connection_refused",
      "sqs.eu-west-1.amazonaws.com (10.0.0.7:443): the connection is refused",
    ],
    [
      "no route",
      { code: "EHOSTUNREACH", address: "2001:db8::1", port: 443 },
      "unreachable",
      "sqs.eu-west-1.amazonaws.com ([2001:db8::1]:443): there is no route",
    ],
    ["no network", { code: "ENETUNREACH" }, "unreachable", "sqs.eu-west-1.amazonaws.com: there is no route"],
    ["timeout", { code: "ETIMEDOUT" }, "timed_out", "sqs.eu-west-1.amazonaws.com: there is no answer"],
    ["reset", { code: "ECONNRESET" }, "connection_lost", "the connection was closed"],
    ["broken pipe", { code: "EPIPE" }, "connection_lost", "the connection was closed"],
    ["certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "tls_failed", "NODE_EXTRA_CA_CERTS"],
    ["certificate", { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, "tls_failed", "no secure connection"],
    ["certificate", { code: "CERT_HAS_EXPIRED" }, "tls_failed", "no secure connection"],
    ["certificate", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "tls_failed", "no secure connection"],
  ])("%s: %j is unavailable", (_, properties, code, message) => {
    const error = describeError(failure("Error", properties), CONTEXT);
    expect(error).toMatchObject({ name: "QueueError", kind: "unavailable", code });
    expect(error.message).toContain(message);
  });

  test("a name with several addresses fails with all their errors at once", () => {
    const refused = { code: "ECONNREFUSED", address: "::1", port: 4566 };
    const error = new AggregateError([failure("Error", refused), failure("Error", refused)], "");
    expect(describeError(error, { ...CONTEXT, host: "localhost:4566" })).toMatchObject({
      kind: "unavailable",
      code: "connection_refused",
      message:
        "cannot reach SQS at localhost:4566 ([::1]:4566): the connection is refused: is the server running there?",
    });
  });

  test.each([
    ["AccessDenied", 403, "failed", "credentials_refused"],
    ["InvalidIdentityToken", 400, "failed", "credentials_refused"],
    ["ExpiredTokenException", 400, "failed", "credentials_expired"],
    ["UnauthorizedException", 401, "failed", "credentials_expired"],
    ["Throttling", 400, "unavailable", "throttled"],
    ["InternalFailure", 500, "unavailable", "service_unavailable"],
  ])("%s of the service that gives credentials is not one of the queue", (name, status, kind, code) => {
    expect(describeError(new STSServiceException(name, status), CONTEXT)).toMatchObject({ kind, code });
  });

  test("an expired SSO token names the profile", () => {
    const error = describeError(failure("TokenProviderError"), { ...CONTEXT, profile: "prod" });
    expect(error).toMatchObject({ kind: "failed", code: "credentials_expired" });
    expect(error.message).toContain("`aws sso login --profile prod`");
  });

  test("GovCloud and China have partitions of their own", () => {
    const denied = failure("AccessDenied", { $fault: "client" });
    const sqs = Object.setPrototypeOf(denied, class SQSServiceException extends Error {}.prototype) as Error;
    const messageIn = (region: string): string => describeError(sqs, { ...CONTEXT, region }).message;
    expect(messageIn("us-gov-west-1")).toContain("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:login-queue");
    expect(messageIn("cn-north-1")).toContain("arn:aws-cn:sqs:cn-north-1:");
    expect(messageIn("eu-west-1")).toContain("arn:aws:sqs:eu-west-1:");
  });

  test("an error of ours stays what it is", () => {
    const ours = new UsageError("queue_malformed", "no");
    expect(describeError(ours, CONTEXT)).toBe(ours);
  });

  test("the original is kept as the cause", () => {
    const original = failure("Error", { code: "ECONNRESET" });
    expect(describeError(original, CONTEXT).cause).toBe(original);
  });

  test("whatever is thrown becomes one line without any of its text", () => {
    const texts = fc.string({ minLength: 4 }).map((text) => `<<${text}>>`);
    const things = fc.oneof(
      fc.anything(),
      fc
        .record({
          message: texts,
          name: fc.oneof(
            texts,
            fc.constantFrom("Error", "CredentialsProviderError", "AbortError", "TypeError"),
          ),
          code: texts,
          $fault: fc.constantFrom("client", "server"),
          $metadata: fc.oneof(
            fc.anything(),
            fc.record({ httpStatusCode: fc.integer({ min: 100, max: 599 }) }),
          ),
        })
        .map((properties) => Object.assign(new Error("x"), properties)),
    );
    fc.assert(
      fc.property(things, (thing) => {
        const error = describeError(thing, CONTEXT);
        expect(error).toBeInstanceOf(Sqs2pgError);
        expect(error.message).not.toMatch(/[\r\n]|<</);
      }),
    );
  });
});
