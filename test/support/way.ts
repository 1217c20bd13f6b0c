/** Who made a request of SQS: the AWS SDK's client, or the code of ours that goes past it. */
export type Way = "sdk" | "direct";

/** By the User-Agent header; the SDK's begins with `aws-sdk-js/`. */
export function wayOf(userAgent: string | undefined): Way {
  if (userAgent?.startsWith("sqs2pg/")) return "direct";
  if (userAgent?.startsWith("aws-sdk-js/")) return "sdk";
  throw new Error(`A request came from ${userAgent}.`);
}
