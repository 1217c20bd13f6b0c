import type { Way } from "../way.js";

/** The calls that a drain makes. */
export type Action =
  | "ReceiveMessage"
  | "DeleteMessageBatch"
  | "ChangeMessageVisibilityBatch"
  | "GetQueueAttributes"
  | "GetQueueUrl";

export type Json = Readonly<Record<string, unknown>>;

/** A request on its way to SQS. */
export interface FaultRequest {
  readonly action: string;
  /** Its number among those of its action, from 1; the SDK's own repetitions count too. */
  readonly number: number;
  readonly input: Json;
  /** Whose signature it bears. */
  readonly accessKeyId: string | undefined;
  /** For which region. */
  readonly region: string | undefined;
  readonly way: Way;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the client gets: an answer, a closed socket, an answer that is cut off after its first half, or nothing until the
 * server stops.
 */
export type Reply = Answer | "close" | "hang" | { readonly cut: Answer };

/** Lets the real server carry the request out, or another one in its place. */
export type Forward = (input?: Json) => Promise<Answer>;

/** What is done with a request in place of passing it on. */
export type Fault = (request: FaultRequest, forward: Forward) => Reply | Promise<Reply>;

/** Decides about a request; undefined lets it pass. */
export type Rule = (request: FaultRequest) => Fault | undefined;

/** A list of objects in a request or an answer, empty where there is none. */
export function objectsIn(holder: Json, key: string): Json[] {
  const list = holder[key];
  return Array.isArray(list) ? list : [];
}

export function parseJson(text: string): Json {
  return text === "" ? {} : JSON.parse(text);
}
