import {
  ABORTED,
  BAD_REGION,
  BAD_SETTINGS,
  CREDENTIALS_REFUSED,
  describeProviderError,
  EXPIRED,
} from "../../aws/common-errors.js";
import type { CallContext, Description } from "../../aws/description.js";
import { describeNetworkError } from "../../aws/network-error.js";
import { statusOf } from "../../aws/status.js";
import { QueueError, Sqs2pgError, UsageError } from "../../errors.js";
import { malformedEndpoint } from "./client.js";
import { describeCode, describeStatus, NO_REGION, UNREADABLE } from "./error-table.js";

/**
 * Turns whatever a call of the SDK threw into a `QueueError` or a `UsageError` with one line that says what to do. The
 * SDK's own message is never part of it: it can quote an answer, a header or an access key. It stays as `cause`.
 */
export function describeError(error: unknown, context: CallContext): Sqs2pgError {
  if (error instanceof Sqs2pgError) return error;
  if (codeOf(error) === "ERR_INVALID_URL") return malformedEndpoint({ cause: error });
  const { kind, code, message } = descriptionOf(error);
  const text = message(context);
  return kind === "usage"
    ? new UsageError(code, text, { cause: error })
    : new QueueError(kind, code, text, { cause: error });
}

function descriptionOf(error: unknown): Description {
  if (!(error instanceof Error)) return UNREADABLE;
  if (error.name === "AbortError") return ABORTED;
  return (
    describeCredentialsError(error) ??
    describeServiceError(error) ??
    describeNetworkError(error) ??
    describeAnswer(error) ??
    describeSettings(error)
  );
}

/** What the SDK throws before it sends a request, as plain errors that differ in their text alone. */
function describeSettings(error: Error): Description {
  if (error.message === "Region is missing") return NO_REGION;
  if (error.message.startsWith("Region not accepted")) return BAD_REGION;
  // Reading an answer of an unexpected form ends in one of these.
  return error instanceof TypeError || error instanceof RangeError ? UNREADABLE : BAD_SETTINGS;
}

/** An error that SQS put into words: `$fault` is on all of the SDK's service exceptions. */
function describeServiceError(error: Error): Description | undefined {
  if (!("$fault" in error)) return undefined;
  const names = [error.name, codeOf(error)];
  for (const name of names) {
    const description = name === undefined ? undefined : describeCode(name);
    if (description !== undefined) return description;
  }
  return describeStatus(statusOf(error) ?? 400, names.find(isCode));
}

/** An answer without words of SQS: its status counts, and below 500 it is not SQS that answered. */
function describeAnswer(error: Error): Description | undefined {
  const status = statusOf(error);
  if (status === undefined) return undefined;
  return status >= 500 || status === 429 || status === 407 ? describeStatus(status, undefined) : UNREADABLE;
}

/** Errors of the SDK's credentials chain, and of the services (STS, SSO) that it asks. */
function describeCredentialsError(error: Error): Description | undefined {
  const provided = describeProviderError(error);
  if (provided !== undefined) return provided;
  if (!("$fault" in error) || isOfSqs(error)) return undefined;
  const described = describeCode(error.name);
  if (described?.kind === "unavailable" || (statusOf(error) ?? 400) >= 500) return described;
  return described === EXPIRED || error.name === "UnauthorizedException" ? EXPIRED : CREDENTIALS_REFUSED;
}

/** STS's exceptions are called AccessDenied and ExpiredToken as well: only their class tells. */
function isOfSqs(error: Error): boolean {
  for (
    let type: unknown = Object.getPrototypeOf(error);
    type instanceof Error;
    type = Object.getPrototypeOf(type)
  ) {
    if (type.constructor.name === "SQSServiceException") return true;
  }
  return false;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const code: unknown = Reflect.get(error, "Code") ?? Reflect.get(error, "code");
  return typeof code === "string" ? code : undefined;
}

/** A code of the service is one word; anything else could be text that quotes something. */
function isCode(name: string | undefined): name is string {
  return name !== undefined && name !== "Unknown" && name !== "Error" && /^[A-Z][\w.]{2,79}$/.test(name);
}
