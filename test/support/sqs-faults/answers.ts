import type { Answer, Fault, Forward, Json, Reply } from "./fault.js";
import { objectsIn, parseJson } from "./fault.js";

/** The server carries the request out, and its answer is changed on the way back. */
export function changeAnswer(change: (answer: Json) => unknown): Fault {
  return async (_request, forward) => {
    const answer = await forward();
    if (answer.status !== 200) return answer;
    return { ...answer, body: JSON.stringify(change(parseJson(answer.body))) };
  };
}

/** The server carries the request out, and its answer is lost. */
export const loseAnswer: Fault = async (_request, forward) => {
  await forward();
  const lost: Reply = "close";
  return lost;
};

/** The server carries the request out, and the connection breaks in the middle of its answer. */
export const cutAnswer: Fault = async (_request, forward) => ({ cut: await forward() });

/** The server carries the request out, and the client gets this. */
export function answerInstead(answer: Answer): Fault {
  return async (_request, forward) => {
    await forward();
    return answer;
  };
}

/** The server answers after so long. */
export function slow(delayMs: number): Fault {
  return async (_request, forward) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return forward();
  };
}

/** The request is held until the test lets it go on. */
export function heldUntil(released: Promise<void>): Fault {
  return async (_request, forward) => {
    await released;
    return forward();
  };
}

/** Answers with what a request of this kind was answered the first time: a cache in between. */
export function stale(): Fault {
  let first: Promise<Answer> | undefined;
  return (_request, forward: Forward) => {
    first ??= forward();
    return first;
  };
}

/** Answers, each with HTTP 200, that no reader can take for one of SQS's. */
export const GARBAGE: Readonly<Record<string, Answer>> = {
  "no JSON": { status: 200, body: "gotcha: the-text-of-the-server" },
  "truncated JSON": { status: 200, body: '{"Messages":[{"MessageId":"the-text-of-the-server' },
  "a page of HTML": {
    status: 200,
    body: "<!doctype html><html><body>the-text-of-the-server</body></html>",
    headers: { "content-type": "text/html" },
  },
  "a page that says not found": { status: 404, body: "<html>the-text-of-the-server</html>" },
};

/** Answers with HTTP 200 that the SDK reads as answers without any fields. */
export const WITHOUT_FIELDS: Readonly<Record<string, Answer>> = {
  nothing: { status: 200, body: "" },
  "an empty object": { status: 200, body: "{}" },
  null: { status: 200, body: "null" },
  "a JSON array": { status: 200, body: "[1,2,3]" },
  "a JSON string": { status: 200, body: '"the-text-of-the-server"' },
};

/** Answers with HTTP 200 whose fields are not what they should be. */
export const WRONG_SHAPES: Readonly<Record<string, Answer>> = {
  "texts for lists": { status: 200, body: '{"Messages":"x","Successful":"y","Failed":"z","Attributes":"a"}' },
  "numbers for lists": { status: 200, body: '{"Messages":7,"Successful":7,"Failed":7,"Attributes":7}' },
  "lists of nonsense": {
    status: 200,
    body: '{"Messages":[7],"Successful":[null],"Failed":["y"],"Attributes":[1]}',
  },
};

/** Each message of a receive's answer becomes what `change` makes of it, its place in the answer given. */
export function changeMessages(change: (message: Json, index: number) => readonly unknown[]): Fault {
  return changeAnswer((answer) => ({ ...answer, Messages: objectsIn(answer, "Messages").flatMap(change) }));
}
