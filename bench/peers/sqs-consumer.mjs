import { SQSClient } from "@aws-sdk/client-sqs";
import knexOf from "knex";
import { Consumer } from "sqs-consumer";
import { loginRow } from "./login-row.mjs";

// As sqs-consumer's users write it: several consumers side by side, each with pages of ten, inserted in one statement.
const copies = Number(process.env.BENCH_COPIES);
const sqs = new SQSClient({});
const knex = knexOf({
  client: "pg",
  connection: process.env.DATABASE_URL,
  pool: { min: 0, max: copies },
});

let open = copies;
const consumers = Array.from({ length: copies }, () =>
  Consumer.create({
    queueUrl: process.env.SQS2PG_QUEUE,
    sqs,
    batchSize: 10,
    waitTimeSeconds: 1,
    messageSystemAttributeNames: ["SentTimestamp"],
    handleMessageBatch: async (messages) => {
      const rows = messages.map(loginRow).filter((row) => row !== undefined);
      if (rows.length > 0) await knex("user_logins").insert(rows);
      return messages;
    },
  }),
);
for (const consumer of consumers) {
  consumer.on("error", fail);
  consumer.on("processing_error", fail);
  consumer.once("empty", () => {
    consumer.stop();
    open -= 1;
    if (open === 0) void knex.destroy().then(() => sqs.destroy());
  });
  consumer.start();
}

function fail(error) {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
