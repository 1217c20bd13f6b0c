import { readFileSync } from "node:fs";
import { PACKAGE_ROOT } from "./package-root.js";

const manifest: unknown = JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8"));

/** The package's version. */
export const version: string = textAt(manifest, "version");

/** The Node that it needs, such as `>=20.19.0`. */
export const engines: string = textAt(objectAt(manifest, "engines"), "node");

function textAt(holder: unknown, name: string): string {
  return String(objectAt(holder, name));
}

function objectAt(holder: unknown, name: string): unknown {
  const value: unknown =
    typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  if (value !== undefined) return value;
  throw new Error(`package.json has no ${name}`);
}
