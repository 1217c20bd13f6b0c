import { type Check, type Finding, ok, warning } from "../check.js";

/** The actions of a drain; its batch calls need the same. */
const ACTIONS = [
  "GetQueueUrl",
  "GetQueueAttributes",
  "ReceiveMessage",
  "DeleteMessage",
  "ChangeMessageVisibility",
];

export const encryptionCheck: Check = {
  id: "encryption",
  group: "queue",
  title: "encryption",
  needs: ["messages"],
  run: ({ facts }) => {
    const raw = facts.rawAttributes.get();
    const key = raw["KmsMasterKeyId"];
    if (key) {
      return ok(`SSE-KMS with ${key}: a receive needs kms:Decrypt on that key`, {
        figures: { encryption: "SSE-KMS", kms_key: key },
      });
    }
    const managed = raw["SqsManagedSseEnabled"];
    if (managed === undefined) return ok("the queue does not say", { figures: { encryption: null } });
    if (managed === "true")
      return ok("SSE-SQS: no permission of its own", { figures: { encryption: "SSE-SQS" } });
    return warning(
      "none: messages lie unencrypted",
      "turn on SSE-SQS, which costs nothing and needs no permission",
      {
        code: "not_encrypted",
        figures: { encryption: "none" },
      },
    );
  },
};

export const policyCheck: Check = {
  id: "policy",
  group: "queue",
  title: "policy",
  needs: ["messages"],
  run: ({ facts }) => policyFinding(facts.rawAttributes.get()["Policy"]),
};

/** What a queue's policy denies; whom, and on what conditions, only AWS can tell. */
export function policyFinding(text: string | undefined): Finding {
  if (!text) return ok("the queue has none: IAM alone decides");
  const statements = statementsOf(text);
  if (statements === undefined) return ok("the queue has one that cannot be read here");
  const denied = new Set<string>();
  for (const statement of statements) {
    if (statement["Effect"] === "Deny") for (const action of actionsOf(statement)) denied.add(action);
  }
  const figures = { statements: statements.length, denies: [...denied].join(", ") || null };
  if (denied.size === 0) return ok("the queue has one that denies nothing that a drain does", { figures });
  return ok(
    `the queue has one that denies ${[...denied].join(", ")} to some: what stands below tells whether to us`,
    { figures },
  );
}

type Statement = Readonly<Record<string, unknown>>;

function statementsOf(text: string): Statement[] | undefined {
  try {
    const policy: unknown = JSON.parse(text);
    const given: unknown =
      typeof policy === "object" && policy !== null ? Reflect.get(policy, "Statement") : [];
    return [given].flat().filter((one): one is Statement => typeof one === "object" && one !== null);
  } catch {
    return undefined;
  }
}

/** Those of a drain's actions that a statement is about. `NotAction` is about all others. */
function actionsOf(statement: Statement): string[] {
  const listed = (name: string): string[] => [statement[name] ?? []].flat().map(String);
  const matches = (patterns: readonly string[], action: string): boolean =>
    patterns.some((pattern) => patternOf(pattern).test(`sqs:${action}`));
  const others = listed("NotAction");
  const named = listed("Action");
  return ACTIONS.filter((action) =>
    others.length > 0 ? !matches(others, action) : matches(named, action),
  ).map((action) => `sqs:${action}`);
}

function patternOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i");
}
