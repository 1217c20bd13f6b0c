import { vi } from "vitest";

/**
 * Puts these AWS settings, and no others, into the environment of the tests: the AWS files and proxies of whoever runs
 * them are shut out. `vi.unstubAllEnvs()` ends it.
 */
export function stubAwsSettings(values: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (/^AWS_|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  }
  const nothing = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  const all = { AWS_EC2_METADATA_DISABLED: "true", ...nothing, ...values };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
}
