import type { ErrorKind } from "../errors.js";

/** What is known about a call that failed, to say what to do about it. Nothing in it is secret. */
export interface CallContext {
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  /** AWS's name of who was asked; SQS unless it is given. */
  readonly service?: string;
  readonly queue: string;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  /** Where the request went, with its port. */
  readonly host?: string | undefined;
  /** AWS_PROFILE. */
  readonly profile?: string | undefined;
}

/** What to say of a call that failed, with all that `Context` knows. */
export interface Description<Context = CallContext> {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: (context: Context) => string;
}

export function hostOf({ host, service = "SQS" }: CallContext): string {
  return host ?? service;
}

/** The partition of AWS that a region is in, as ARNs begin with it. */
export function partitionOf(region: string): string {
  return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
