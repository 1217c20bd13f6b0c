import { UsageError } from "../errors.js";
import {
  BAD_REGION,
  BAD_SETTINGS,
  CREDENTIALS_REFUSED,
  describeCommonCode,
  describeProviderError,
  EXPIRED,
} from "./common-errors.js";
import { type CallContext, type Description, hostOf } from "./description.js";
import { describeNetworkError, proxyRefusal } from "./network-error.js";
import { statusOf } from "./status.js";

/** What is to be said of the errors of a service beside those that all have in common. */
export interface ServiceWords<Context extends CallContext> {
  /** AWS's name of it, in capitals as in `AWS_ENDPOINT_URL_KMS`. */
  readonly service: string;
  readonly byCode: ReadonlyMap<string, Description<Context>>;
  readonly denied: Description<Context>;
  /** HTTP 429; where it is absent, the service is away for a while. */
  readonly throttled?: Description<Context>;
  readonly noRegion: Description<Context>;
  /** By how its text begins: what the SDK throws before it sends a request, as plain errors. */
  readonly byText?: readonly (readonly [start: string, description: Description<Context>])[];
}

/**
 * What to say of whatever a call of a service threw. The SDK's own message is never part of it: it can quote an answer or
 * an access key. `isOfService`: it is one of the service's own exceptions, and not one of those that hand out credentials.
 */
export function describeServiceError<Context extends CallContext>(
  error: unknown,
  isOfService: (error: Error) => boolean,
  words: ServiceWords<Context>,
): Description<Context> {
  if (!(error instanceof Error)) return unreadable(words.service);
  if (statusOf(error) === 407) return proxyRefusal(407);
  if (Reflect.get(error, "code") === "ERR_INVALID_URL") return badEndpoint(words.service);
  return (
    describeCredentialsError(error, isOfService) ??
    describeException(error, words) ??
    describeNetworkError(error) ??
    describeRest(error, words)
  );
}

/** The error for AWS_ENDPOINT_URL_KMS and its like when they hold no URL of a server. */
export function malformedEndpoint(service: string): UsageError {
  return new UsageError("endpoint_malformed", malformedText(service));
}

/** An answer that is not one of the service, or without what was asked for. */
export function unreadable(service: string): Description {
  return {
    kind: "failed",
    code: "unexpected_answer",
    message: (context) =>
      `${hostOf(context)} gave an answer to ${context.action} that is not one of ${service}: check AWS_ENDPOINT_URL_${service}, and any proxy between`,
  };
}

/** The service is there, and cannot answer for a while. */
export const AWAY: Description = {
  kind: "unavailable",
  code: "service_unavailable",
  message: (context) => `${hostOf(context)} cannot answer ${context.action} now: try again later`,
};

/** Errors of the SDK's credentials chain, and of the services (STS, SSO) that it asks. */
function describeCredentialsError(
  error: Error,
  isOfService: (error: Error) => boolean,
): Description | undefined {
  const described = describeProviderError(error);
  if (described !== undefined) return described;
  if (!("$fault" in error) || isOfService(error)) return undefined;
  if (describeCommonCode(error.name) === EXPIRED || error.name === "UnauthorizedException") return EXPIRED;
  return (statusOf(error) ?? 400) >= 500 ? AWAY : CREDENTIALS_REFUSED;
}

/** An error that the service put into words: `$fault` is on all of the SDK's service exceptions. */
function describeException<Context extends CallContext>(
  error: Error,
  { byCode, denied, throttled = AWAY }: ServiceWords<Context>,
): Description<Context> | undefined {
  if (!("$fault" in error)) return undefined;
  const known = byCode.get(error.name) ?? describeCommonCode(error.name);
  if (known !== undefined) return known;
  const status = statusOf(error) ?? 400;
  if (status === 429) return throttled;
  if (status >= 500) return AWAY;
  return status === 401 || status === 403 ? denied : refused(status, error.name);
}

/** What the SDK throws before it sends a request, as plain errors that differ in their text alone; or an odd answer. */
function describeRest<Context extends CallContext>(
  error: Error,
  { service, noRegion, byText = [] }: ServiceWords<Context>,
): Description<Context> {
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 ? AWAY : unreadable(service);
  if (error.message === "Region is missing") return noRegion;
  if (error.message.startsWith("Region not accepted")) return BAD_REGION;
  const found = byText.find(([start]) => error.message.startsWith(start));
  if (found !== undefined) return found[1];
  return error instanceof TypeError || error instanceof RangeError ? unreadable(service) : BAD_SETTINGS;
}

/** The same as a description, for what the SDK finds wrong with it. */
export function badEndpoint(service: string): Description {
  return { kind: "usage", code: "endpoint_malformed", message: () => malformedText(service) };
}

function malformedText(service: string): string {
  return `the configured ${service} endpoint is no URL: AWS_ENDPOINT_URL_${service}, AWS_ENDPOINT_URL or the profile's endpoint_url looks like http://localhost:4566`;
}

/** A name that is not one word could be text that quotes something. */
function refused(status: number, name: string): Description {
  const named = /^[A-Z]\w{2,79}$/.test(name) ? ` (${name})` : "";
  return {
    kind: "failed",
    code: "request_refused",
    message: (context) => `${hostOf(context)} refused ${context.action} with HTTP ${status}${named}`,
  };
}
