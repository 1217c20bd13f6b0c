import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import pg from "pg";
import { loginRow } from "./login-row.mjs";

// The loop that one writes first: receive, insert row by row, delete.
const QueueUrl = process.env.SQS2PG_QUEUE;
const sqs = new SQSClient({});
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();

for (;;) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["SentTimestamp"],
    }),
  );
  if (Messages.length === 0) break;
  for (const message of Messages) {
    const row = loginRow(message);
    if (row === undefined) continue;
    await client.query(
      `insert into user_logins (user_id, device_type, masked_ip, masked_device_id, locale, app_version, create_date)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      Object.values(row),
    );
  }
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}
await client.end();
