#!/usr/bin/env node
import module from "node:module";

// Node 22 and later keep compiled code on disk between runs; Node 20 has no such call.
module.enableCompileCache?.();

// Deprecations of a dependency's API are for us to act on, not for whoever runs the command. With --no-deprecation it is
// set, and for good: setting it again would throw.
if (!process.noDeprecation) process.noDeprecation = true;

const { main } = await import("../dist/main.js");
await main(process.argv);
