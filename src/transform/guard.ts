import type { Outcome, Transform } from "./types.js";

const REJECT: Outcome = {
  reject: {
    stage: "transform",
    code: "internal",
    field: null,
    reason: "sqs2pg failed on this message, and not for what it holds: please report it with its shape",
  },
};

/** A transform that throws has a mistake in it; even then one message is not to stop all others. */
export function guardTransform(transform: Transform): Transform {
  return (message, payload) => {
    try {
      return transform(message, payload);
    } catch {
      return REJECT;
    }
  };
}
