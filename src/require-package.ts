import { createRequire } from "node:module";

/**
 * `require`, from where this package is. For packages that are CommonJS and large, as those of the AWS SDK are: `import`
 * would first look through each of their files for the names that it exports, which takes as long again as running them. And
 * for what is loaded late by code that does not wait.
 */
export const requirePackage: NodeJS.Require = createRequire(import.meta.url);
