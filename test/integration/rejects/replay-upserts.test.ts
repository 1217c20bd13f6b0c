import { expect } from "vitest";
import { runCli } from "../../support/cli.js";
import { replayed, test } from "./bench.js";

const PIPELINE = `table: letters
key: id
values: { site: north }
columns:
  id: { from: id, type: integer, required: true }
  note: { from: note, type: text, required: true }
`;

test("an old message from the quarantine gives way to what a newer one has left", async ({
  sqs,
  env,
  replayEnv,
  database,
  pipelineFile,
}) => {
  const queue = sqs.createQueue(`letters-${crypto.randomUUID()}`);
  await database.query("create table letters (id integer primary key, note text, site text)");
  const strict = await pipelineFile(`queue: ${queue.name}\n${PIPELINE}`);
  const lenient = await pipelineFile(
    `queue: ${queue.name}\n${PIPELINE.replace("text, required: true", "text")}`,
  );
  const { SQS2PG_QUEUE: _one, ...drainEnv } = env;
  const { SQS2PG_QUEUE: _other, ...ownEnv } = replayEnv;
  const sentAtMs = Date.UTC(2026, 1, 3);
  queue.deliverAgain([
    { messageId: crypto.randomUUID(), body: '{"id":1}', sentAtMs },
    { messageId: crypto.randomUUID(), body: '{"id":1,"note":"newer"}', sentAtMs: sentAtMs + 1 },
    { messageId: crypto.randomUUID(), body: '{"id":2}', sentAtMs },
  ]);
  const drained = await runCli(["drain", "--json", "--config", strict, "--on-reject", "quarantine"], {
    env: drainEnv,
  });
  expect(JSON.parse(drained.stdout)).toMatchObject({ loaded: 1, rows: 1, superseded: 0, rejected: 2 });

  const { report } = replayed(await runCli(["replay", "--json", "--config", lenient], { env: ownEnv }));
  expect(report).toMatchObject({ read: 2, loaded: 2, rows: 1, superseded: 1 });
  expect(await database.query("select * from letters order by id")).toEqual([
    { id: 1, note: "newer", site: "north" },
    { id: 2, note: null, site: "north" },
  ]);
  const [run] = await database.query("select counters from sqs2pg.runs where id = $1", [report.run_id]);
  expect(run?.["counters"]).toMatchObject({ rows: 1, superseded: 1 });
});
