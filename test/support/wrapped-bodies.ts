import { gzipSync } from "node:zlib";

/** What SNS writes into a queue without raw message delivery. */
export function snsNotification(
  message: string,
  attributes?: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>,
): string {
  return JSON.stringify({
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:orders",
    Subject: "New order",
    Message: message,
    Timestamp: "2026-01-31T12:00:00.000Z",
    SignatureVersion: "1",
    Signature: "c2lnbmVk",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem",
    UnsubscribeURL: "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    ...(attributes === undefined ? {} : { MessageAttributes: attributes }),
  });
}

/** What SNS sends to a queue whose subscription is not confirmed. */
export function snsConfirmation(type: "SubscriptionConfirmation" | "UnsubscribeConfirmation"): string {
  return JSON.stringify({
    Type: type,
    MessageId: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
    Token: "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:orders",
    Message: "You have chosen to subscribe to the topic.",
    SubscribeURL: "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
    Timestamp: "2026-01-31T12:00:00.000Z",
    SignatureVersion: "1",
    Signature: "c2lnbmVk",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem",
  });
}

/** An event as EventBridge writes it into a queue. */
export function bridgeEvent(detail: unknown, rest: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "Order Placed",
    source: "shop.orders",
    account: "123456789012",
    time: "2026-01-31T12:00:00Z",
    region: "eu-west-1",
    resources: ["arn:aws:s3:::shop"],
    detail,
    ...rest,
  });
}

export function base64(text: string | Buffer): string {
  return Buffer.from(text).toString("base64");
}

export function gzipBase64(text: string): string {
  return base64(gzipSync(text));
}

/** As the SQS Extended Client Library for Java writes it, and that for Python. */
export function s3Pointer(
  bucket: string,
  key: string,
  name = "software.amazon.payloadoffloading.PayloadS3Pointer",
): string {
  return JSON.stringify([name, { s3BucketName: bucket, s3Key: key }]);
}
