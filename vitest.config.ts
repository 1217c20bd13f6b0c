import { defineConfig, type ViteUserConfig } from "vitest/config";

/** One project a kind of test; the servers that a suite needs are started once by the global set-up. */
const config: ViteUserConfig = defineConfig({
  test: {
    // Much of the time is waiting for long polls and child processes, so more files than cores.
    maxWorkers: 3,
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "servers",
          include: ["test/{integration,faults,cli}/**/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

export default config;
