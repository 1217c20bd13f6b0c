import { UsageError } from "../../errors.js";
import { requirePackage } from "../../require-package.js";

export type S3Sdk = typeof import("@aws-sdk/client-s3");

/**
 * Loads the SDK's client for S3, which is installed by whoever uses it. Throws UsageError `s3_client_missing` where it is
 * not.
 */
export async function loadS3Sdk(): Promise<S3Sdk> {
  // As for the SQS client: what the SDK says of Node 20 is no business of whoever runs the command.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    return requirePackage("@aws-sdk/client-s3");
  } catch (cause) {
    throw new UsageError(
      "s3_client_missing",
      "s3_buckets needs the AWS client for S3, which is not installed: npm install @aws-sdk/client-s3",
      { cause },
    );
  }
}
