import type { Envelope } from "../config/formats.js";
import type { BodyForm, DecodedBody } from "./decode.js";

/** With this share of the messages, a second envelope is no accident. */
const NOTABLE_SHARE = 0.1;

/** The form that the pipeline is to expect of the bodies. */
export interface ChosenForm extends Omit<BodyForm, "envelope"> {
  readonly envelope: Envelope;
}

/** The form of most of the bodies. Several envelopes that are each more than an accident make it `auto`. */
export function chooseForm(bodies: readonly BodyForm[]): ChosenForm {
  const encoding = mostOf(bodies.map((body) => body.encoding)) ?? "json";
  const counts = countOf(bodies.map((body) => body.envelope));
  const notable = [...counts].filter(([, count]) => count / bodies.length > NOTABLE_SHARE);
  const envelope = notable.length > 1 ? "auto" : (mostOf(bodies.map((body) => body.envelope)) ?? "none");
  return { envelope, encoding };
}

/** Whether a pipeline of this form reads a body of that one. */
export function fitsForm(body: DecodedBody, form: ChosenForm): boolean {
  return body.encoding === form.encoding && (form.envelope === "auto" || body.envelope === form.envelope);
}

function countOf<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mostOf<Value>(values: readonly Value[]): Value | undefined {
  return [...countOf(values)].sort(([, one], [, other]) => other - one)[0]?.[0];
}
