import { defineConfig, type ViteUserConfig } from "vitest/config";

/** No file leaves anything behind in its process, so files share the modules that they import. */
const shared = { isolate: false };

/**
 * One project a kind of test; the servers that a suite needs are started once by the global set-up. `npm test` runs `unit`
 * and `servers`, which has a case of every kind of fault; `faults` has the rest of them, and `soak` what takes long.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    // Much of the time is waiting for long polls and child processes, so more files than cores.
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          ...shared,
          name: "servers",
          include: ["test/{integration,cli}/**/*.test.ts", "test/faults/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: "faults",
          include: ["test/faults/extended/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: "soak",
          include: ["test/soak/**/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 900_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

export default config;
