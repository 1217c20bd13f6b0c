import { engines, version } from "../../version.js";
import { type Check, failed, ok } from "../check.js";

/** The Node that runs this, against what the package needs. */
export function nodeCheck(running: string = process.versions.node): Check {
  return {
    id: "node",
    group: "this machine",
    title: "Node.js",
    run: () => {
      const figures = { node: running, needed: engines, sqs2pg: version };
      const found = `${running}, sqs2pg ${version} (needs ${engines})`;
      if (isAtLeast(running, engines)) return ok(found, { figures });
      return failed(found, "install a newer Node.js", { code: "node_too_old", figures });
    },
  };
}

/** `range` is a lower bound, such as `>=20.19.0`. */
function isAtLeast(running: string, range: string): boolean {
  const wanted = numbersOf(range);
  const given = numbersOf(running);
  const index = wanted.findIndex((part, at) => part !== (given[at] ?? 0));
  return index === -1 || (given[index] ?? 0) > (wanted[index] ?? 0);
}

function numbersOf(text: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
}
