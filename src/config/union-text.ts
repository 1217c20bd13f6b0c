import { type Issue, kindOf, wantedText } from "./issue-text.js";

type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

/**
 * Where a setting takes several kinds of values, only the mistakes of the kind that was meant are worth telling.
 * Undefined: none of them was.
 */
export function issuesMeant({ errors, input }: UnionIssue): readonly Issue[] | undefined {
  const [meant] = errors
    .filter((issues) => issues.length > 0 && !issues.some((issue) => isOfOtherKind(issue, input)))
    .toSorted((one, other) => one.length - other.length);
  return meant;
}

function isOfOtherKind(issue: Issue, input: unknown): boolean {
  if (issue.path.length > 0) return false;
  // A function was meant by nobody who wrote something else.
  if (issue.code === "custom") return true;
  if (issue.code === "invalid_value") return typeof issue.values[0] !== typeof input;
  if (issue.code !== "invalid_union") return issue.code === "invalid_type";
  return issue.errors.every((issues) => issues.some((inner) => isOfOtherKind(inner, input)));
}

/** All the kinds that would do: `must be text or a list, not a number`. */
export function unionText(issue: UnionIssue, wanted?: string): string {
  return `must be ${wanted ?? wantedKinds(issue)}, not ${kindOf(issue.input)}`;
}

function wantedKinds({ errors }: UnionIssue): string {
  const kinds = [...new Set(errors.flat().flatMap(wantedBy))];
  const last = kinds.pop() ?? "something else";
  return kinds.length === 0 ? last : `${kinds.join(", ")} or ${last}`;
}

function wantedBy(issue: Issue): string[] {
  if (issue.code === "invalid_union") return [wantedKinds(issue)];
  if (issue.code === "invalid_type") return [wantedText(issue.expected)];
  return issue.code === "invalid_value" ? [`one of ${issue.values.map(String).join(", ")}`] : [];
}
