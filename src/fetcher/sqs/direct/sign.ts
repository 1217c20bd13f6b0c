import aws4 from "aws4";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly host: string;
  readonly path: string;
  /** Such as `ReceiveMessage`. */
  readonly action: string;
  readonly body: string;
  /** What AWS's clock shows: milliseconds since the Unix epoch. */
  readonly nowMs: number;
  readonly userAgent: string;
}

/**
 * The headers of a call of SQS in the AWS JSON 1.0 protocol, signed with Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
 */
export function signedHeaders(options: SigningOptions): Record<string, string> {
  const { credentials, region, host, path, action, body, nowMs, userAgent } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const headers = {
    Host: host,
    "Content-Type": "application/x-amz-json-1.0",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-Amz-Target": `AmazonSQS.${action}`,
    // 2026-11-26T06:00:00.000Z without its separators and fractions.
    "X-Amz-Date": new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, ""),
    "User-Agent": userAgent,
  };
  const request = { method: "POST", host, path, service: "sqs", region, headers, body };
  const signed = aws4.sign(request, {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  });
  return signed.headers as Record<string, string>;
}
