import module from "node:module";
import { closeDoors } from "../closed-doors.js";
import { nameNode } from "../navigator.js";
import { SIGNALS } from "../signals.js";

// Ctrl-C reaches all processes of a terminal's group: this one ends when its parent says so. From the very beginning.
for (const name of SIGNALS) process.on(name, () => {});
closeDoors(process);
nameNode();
// Whoever read our output may have gone: no reason to leave messages in doubt.
process.stderr.on("error", () => {});

// As bin/sqs2pg.js has it.
if (!process.noDeprecation) process.noDeprecation = true;
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function")
  module.enableCompileCache();

const { runChild } = await import("./child.js");
await runChild(process);
