import type { Answer, Fault, Rule } from "./fault.js";

/** An error as SQS words it; the request is not carried out. */
export function refuse(code: string, status = 400): Fault {
  const answer: Answer = {
    status,
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "the-text-of-the-server" }),
  };
  return () => answer;
}

/** What SQS says on a bad day, and may not say a moment later. */
export const TRANSIENT: readonly Fault[] = [
  refuse("InternalError", 500),
  refuse("ServiceUnavailable", 503),
  refuse("RequestThrottled", 403),
  refuse("ThrottlingException"),
];

/** The socket is closed before the server has seen the request. */
export const closeSocket: Fault = () => "close";

/** There is never an answer. */
export const hang: Fault = () => "hang";

/** Each request with the next fault of a list that starts again at its end. */
export function inTurn(faults: readonly Fault[]): Rule {
  let next = 0;
  return () => {
    next += 1;
    return faults[(next - 1) % faults.length];
  };
}

/** All requests. */
export function always(fault: Fault): Rule {
  return () => fault;
}

/** Every n-th request: the n-th first. */
export function every(n: number, fault: Fault): Rule {
  return ({ number }) => (number % n === 0 ? fault : undefined);
}

/** The requests with these numbers, from 1, both ends included. */
export function between(first: number, last: number, rule: Rule): Rule {
  return (request) => (request.number >= first && request.number <= last ? rule(request) : undefined);
}
