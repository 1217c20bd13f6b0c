import type { Environment } from "../config/key-source.js";

/** Where credentials come from and how long they last; nothing of what they are. */
export interface Credentials {
  readonly source: string;
  readonly account: string | undefined;
  readonly expiresAt: Date | undefined;
  /** The SDK gets new ones by itself. */
  readonly isRenewed: boolean;
}

interface Given {
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
  /** The SDK's marks of where they come from. */
  readonly $source?: unknown;
}

/** By the SDK's own marks on credentials (`$source`), what is closest to who hands them out first. */
const SOURCES: readonly (readonly [mark: RegExp, source: string])[] = [
  [/^CREDENTIALS_.*STS_ASSUME_ROLE$/, "an assumed role"],
  [/WEB_ID/, "a role by web identity"],
  [/SSO/, "AWS SSO"],
  [/LOGIN/, "aws login"],
  [/PROCESS/, "a credential_process"],
  [/^CREDENTIALS_HTTP$/, "the container's role"],
  [/^CREDENTIALS_IMDS$/, "the instance's role"],
  [/^CREDENTIALS_ENV_VARS$/, "the environment"],
  [/^CREDENTIALS_PROFILE/, "the shared credentials file"],
];

const FIXED = ["the environment", "the shared credentials file"];

export function readCredentials(given: Given, env: Environment): Credentials {
  const { $source: marks } = given;
  const names = typeof marks === "object" && marks !== null ? Object.keys(marks) : [];
  const known =
    SOURCES.find(([mark]) => names.some((name) => mark.test(name)))?.[1] ?? "the SDK's own search";
  const isOfProfile = names.some((name) => name.startsWith("CREDENTIALS_PROFILE"));
  const profile = isOfProfile ? ` (profile ${env["AWS_PROFILE"] || "default"})` : "";
  return {
    source: known + profile,
    account: given.accountId,
    expiresAt: given.expiration,
    isRenewed: !FIXED.includes(known),
  };
}
