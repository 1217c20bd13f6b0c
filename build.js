import { rmSync } from "node:fs";
import { isAbsolute } from "node:path";
import { build } from "rolldown";

/**
 * The modules that every start shares with a command or with the library, and what they import: one file in the place of
 * thirty, each of which takes longer to find and open than to run. test/cli/start.test.ts finds one that is not named.
 */
const START =
  /[\\/]src[\\/](?:clock|version|d(?:octor|rain)[\\/]limits|masked-data[\\/]audit-kinds|cli[\\/](?:closed-doors|exit-code|navigator|output|signals|flags[\\/]unmask))\.ts$/;

rmSync("dist", { recursive: true, force: true });

// The JavaScript of dist: our own modules in few files that can be read, and nobody else's. Declarations are made by tsc.
await build({
  input: {
    main: "src/cli/main.ts",
    "child-main": "src/cli/processes/child-main.ts",
    index: "src/index.ts",
    "masking/index": "src/masking/index.ts",
    "json-schema": "src/config/json-schema.ts",
  },
  platform: "node",
  transform: { target: "node20.19" },
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  output: {
    dir: "dist",
    // Beside each other: from all of them PACKAGE_ROOT is the folder above.
    chunkFileNames: "[name]-[hash].js",
    hashCharacters: "hex",
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        { name: "start", test: START },
        // By itself: sqs2pg/masking needs it, and nothing else of a start.
        { name: "errors", test: /[\\/]src[\\/]errors\.ts$/, priority: 1 },
      ],
    },
  },
});
