import { LOGIN_PIPELINE } from "../../../src/config/login.js";
import { parsePipeline } from "../../../src/config/parse-pipeline.js";
import type { ColumnConfig } from "../../../src/config/schema.js";
import type { Message } from "../../../src/message.js";
import { compileTransform } from "../../../src/transform/compile.js";
import type { Transform } from "../../../src/transform/types.js";

export const sampleBody: string = JSON.stringify({
  user_id: "424cdd21-063a-43a7-b91b-7ca1a833afae",
  app_version: "2.3.0",
  device_type: "android",
  ip: "199.172.111.135",
  locale: "RU",
  device_id: "593-47-5928",
});

export function message(body: string, rest: Partial<Message> = {}): Message {
  return {
    messageId: "5fea7756-0ea4-451a-a703-a558b933e274",
    body,
    sentAtMs: Date.parse("2023-09-13T23:59:59.999Z"),
    receiveCount: 1,
    attributes: {},
    ...rest,
  };
}

/** A mask whose output tells what went in, so that a test sees what was masked and under which domain. */
export const openMask =
  ({ domain }: { domain: string }) =>
  (value: string): string =>
    `${domain}:${value.length}`;

export function loginTransform(): Transform {
  const { pipeline } = parsePipeline(LOGIN_PIPELINE, { source: "login" });
  return compileTransform({
    pipelines: [pipeline],
    maskFor: openMask,
    queueName: "login-queue",
    runId: "run",
  });
}

/** A transform with one column, `value`. */
export function oneColumn(config: Partial<ColumnConfig> & { type: string }): Transform {
  const columns = { value: { from: "value", ...config } };
  const { pipeline } = parsePipeline({ queue: "events", table: "events", columns }, { source: "test" });
  return compileTransform({ pipelines: [pipeline], maskFor: openMask, queueName: "events", runId: "run" });
}

/** What becomes of the JSON text `json` in a column: its value, or the code of the reject. */
export function outcomeOf(transform: Transform, json: string, rest: Partial<Message> = {}): unknown {
  const outcome = transform(message(`{"value":${json}}`, rest));
  return "rows" in outcome ? outcome.rows[0]?.values[0] : outcome.reject.code;
}
