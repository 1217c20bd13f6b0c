import { createRequire } from "node:module";

/**
 * `require` for packages of the AWS SDK, all of which are CommonJS: `import` would first look through each of their files
 * for the names that it exports, which takes as long again as running them.
 */
export const requireSdk: NodeJS.Require = createRequire(import.meta.url);
