import { describe, expect } from "vitest";
import { toUuid } from "../../../src/message-id.js";
import { runCli } from "../../support/cli.js";
import { replayed, test } from "./bench.js";

const PIPELINE = `table: letters
columns:
  body_field: { from: a.b, type: text }
  must: { from: must, type: text, required: true }
  sent_at: { from: $sent_at, type: timestamptz }
  message_id: { from: $message_id, type: text }
  receive_count: { from: $receive_count, type: integer }
  group_id: { from: $group_id, type: text }
  colour: { from: $attributes.colour, type: text }
  no_such: { from: $attributes.constructor, type: text }
  queue: { from: $queue, type: text }
  run_id: { from: $run_id, type: text }
`;

const TABLE = `create table letters (body_field text, must text, sent_at timestamptz, message_id text, receive_count integer,
  group_id text, colour text, no_such text, queue text, run_id text)`;

describe.concurrent("a replay has all of a message that a pipeline can read", () => {
  test.for([
    ["a standard queue", "standard"],
    ["a FIFO queue", "fifo"],
  ] as const)("from %s", async ([, kind], { sqs, env, replayEnv, database, pipelineFile }) => {
    const queue = sqs.createQueue(`letters-${crypto.randomUUID()}${kind === "fifo" ? ".fifo" : ""}`);
    await database.query(TABLE);
    const strict = await pipelineFile(`queue: ${queue.name}\n${PIPELINE}`);
    const lenient = await pipelineFile(`queue: ${queue.name}\n${PIPELINE.replace(", required: true", "")}`);
    const sentAtMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
    const attributes = { colour: "räd 😀 \u0001" };
    // An emulator's id; SQS's own are UUIDs.
    const messageId = "not-a-uuid/1";
    const body = '{"a":{"b":"\\ud83d\\ude00"},"lone":"\\ud800"}';
    queue.deliverAgain([
      { messageId, body, sentAtMs, attributes, ...(kind === "fifo" ? { groupId: "group 1" } : {}) },
    ]);
    const { SQS2PG_QUEUE: _one, ...drainEnv } = env;
    const { SQS2PG_QUEUE: _other, ...ownEnv } = replayEnv;
    const args = ["drain", "--config", strict, "--on-reject", "quarantine"];
    expect(await runCli(args, { env: drainEnv })).toMatchObject({ exitCode: 3 });
    expect(queue.messageIds()).toEqual([]);

    const result = await runCli(["replay", "--json", "--config", lenient], { env: ownEnv });
    const { report } = replayed(result);
    expect(report).toMatchObject({ read: 1, loaded: 1, queue: queue.name, table: "letters" });
    expect(await database.query("select * from letters")).toEqual([
      {
        body_field: "😀",
        must: null,
        sent_at: new Date(sentAtMs),
        message_id: messageId,
        receive_count: 1,
        group_id: kind === "fifo" ? "group 1" : null,
        colour: attributes.colour,
        no_such: null,
        queue: queue.name,
        run_id: report.run_id,
      },
    ]);
    expect(await database.query("select message_id from sqs2pg.ledger")).toEqual([
      { message_id: toUuid(messageId) },
    ]);
  });

  test("bodies come back as they were, lone surrogates included", async ({
    seal,
    database,
    replayHere,
    pipelineFile,
    queue,
  }) => {
    await database.query("create table texts (text text, sealed_at date)");
    await seal([{ body: '{"text":"\ud800"}' }, { body: '\ufeff{"text":"é\u2028"}' }]);
    const config = await pipelineFile(`queue: ${queue.name}
table: texts
columns:
  text: { from: text, type: text, required: true }
`);
    expect((await replayHere({}, { config })).rejects).toMatchObject([{ field: "text", count: 1 }]);
    expect(await database.query("select text from texts")).toEqual([{ text: "é\u2028" }]);
  });
});
