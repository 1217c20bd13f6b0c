/** What a request asks of SQS, such as `ReceiveMessage`, by the header that says so (AWS JSON 1.0). */
export function actionOf(headers: Readonly<Record<string, unknown>>): string {
  return String(headers["x-amz-target"]).replace("AmazonSQS.", "");
}
