import { requirePackage } from "../../require-package.js";
import { type Check, failed, ok } from "../check.js";
import type { Tools } from "../tools.js";

/** A package that is installed by whoever needs it. */
interface OptionalPackage {
  readonly name: string;
  /** What it is needed for, if it is. */
  readonly neededFor: (tools: Tools) => string | undefined;
}

const OPTIONAL: readonly OptionalPackage[] = [
  {
    name: "@aws-sdk/client-kms",
    neededFor: ({ flags, env }) =>
      flags.key?.startsWith("aws-kms:") === true ||
      (flags.key === undefined && (env["SQS2PG_MASK_KEY"] ?? "").includes("sqs2pg-kms-"))
        ? "the wrapped masking key"
        : undefined,
  },
  {
    name: "@aws-sdk/rds-signer",
    neededFor: ({ flags, env }) =>
      (flags.databaseAuth ?? env["SQS2PG_DATABASE_AUTH"]) === "iam" ? "--database-auth iam" : undefined,
  },
  {
    name: "@aws-sdk/client-s3",
    neededFor: ({ facts }) =>
      facts.settings.get().pipelines.some(({ body }) => body.s3Buckets.length > 0)
        ? "payloads in S3 (s3_buckets)"
        : undefined,
  },
];

/** What the settings need beyond what comes with sqs2pg. */
export function packagesCheck(
  isInstalled: (name: string) => boolean | Promise<boolean>,
  packages: readonly OptionalPackage[] = OPTIONAL,
): Check {
  return {
    id: "packages",
    group: "configuration",
    title: "packages",
    needs: ["config"],
    run: async (tools) => {
      const needed = packages.flatMap(({ name, neededFor }) => {
        const purpose = neededFor(tools);
        return purpose === undefined ? [] : [{ name, purpose }];
      });
      if (needed.length === 0) return ok("nothing beyond sqs2pg itself is needed");
      const missing = [];
      for (const one of needed) if (!(await isInstalled(one.name))) missing.push(one);
      const listed = needed.map(({ name, purpose }) => `${name} for ${purpose}`).join(", ");
      if (missing.length === 0) return ok(`${listed}: installed`);
      const names = missing.map(({ name }) => name);
      return failed(
        `${names.join(", ")} not installed, needed for ${missing[0]?.purpose}`,
        installing(names),
        {
          ...{ code: "package_missing", kind: "usage" },
        },
      );
    },
  };
}

function installing(names: readonly string[]): string {
  return `npm install ${names.join(" ")}`;
}

/** Whether it could be imported from where sqs2pg is. */
export function isPackageInstalled(name: string): boolean {
  try {
    requirePackage.resolve(name);
    return true;
  } catch {
    return false;
  }
}
