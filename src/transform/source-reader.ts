import type { Source } from "../config/pipeline.js";
import { createPathReader, type JsonObject } from "./paths.js";
import type { ReadMessage } from "./read-message.js";

/** What is the same for all messages of a run. */
export interface RunFacts {
  readonly queueName: string;
  readonly runId: string;
}

type SourceReader = (message: ReadMessage, record: JsonObject) => unknown;

/** Reads a source's value: undefined where there is none, `NOT_AN_OBJECT` or `NOT_AN_ARRAY` where its path leads astray. */
export function createSourceReader(source: Source, facts: RunFacts): SourceReader {
  switch (source.kind) {
    case "record": {
      const read = createPathReader(source.path);
      return source.root ? ({ root }) => read(root) : (_message, record) => read(record);
    }
    case "envelope": {
      const read = createPathReader(source.path);
      return ({ envelope }) => read(envelope);
    }
    case "rest":
      return (_message, record) => record;
    case "attribute": {
      const { name } = source;
      return ({ attributes }) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined);
    }
    case "message":
      return createMessageReader(source.value, facts);
  }
}

function createMessageReader(
  value: Extract<Source, { kind: "message" }>["value"],
  { queueName, runId }: RunFacts,
): SourceReader {
  switch (value) {
    case "sent_at":
      return (message) => message.sentAtMs;
    case "message_id":
      return (message) => message.messageId;
    case "receive_count":
      return (message) => message.receiveCount;
    case "group_id":
      return (message) => message.groupId;
    case "sequence_number":
      return (message) => message.sequenceNumber;
    case "queue":
      return () => queueName;
    case "run_id":
      return () => runId;
  }
}
