import { keyClaims } from "../../config/key-claims.js";
import { resolveSettings, type SettingNeeds } from "../../config/resolve.js";
import { parseQueueReference } from "../../fetcher/sqs/queue-reference.js";
import { tableText } from "../../loader/identifier.js";
import { masksForRun } from "../../masks-for-run.js";
import { type Check, ok, warning } from "../check.js";
import type { Tools } from "../tools.js";
import { plural } from "../words.js";

/** A command may ask for a password or a token: as long as that may take, and KMS besides. */
const KEY_TIMEOUT_MS = 75_000;

export const configCheck: Check = {
  id: "config",
  group: "configuration",
  title: "config",
  run: async (tools) => {
    const settings = await resolve(tools, { database: false, key: "never" });
    const { pipeline, pipelines, notices, configSource: source } = settings;
    const { name } = parseQueueReference(pipeline.queue);
    tools.facts.settings.set(settings);
    const tables = pipelines.map(({ table }) => tableText(table)).join(", ");
    const columns = pipelines.flatMap((one) => one.columns);
    const masked = columns.filter(({ mask }) => mask !== undefined).length;
    const to = pipelines.length === 1 ? "table" : `${pipelines.length} pipelines, tables`;
    const found = `${source}: queue ${name} to ${to} ${tables}, ${plural(columns.length, "column")}, ${masked} masked`;
    const figures = {
      ...{ source, queue: name, pipelines: pipelines.length, tables, columns: columns.length, masked },
    };
    return notices.length === 0
      ? ok(found, { figures })
      : warning(found, "look at what is listed", { code: "notices", figures, details: notices });
  },
};

export const keyCheck: Check = {
  id: "key",
  group: "configuration",
  title: "masking key",
  needs: ["config"],
  timeoutMs: KEY_TIMEOUT_MS,
  ifSilent: "run what --key names by hand, and see what it waits for",
  run: async (tools) => {
    const { pipelines } = tools.facts.settings.get();
    const { keys } = await resolve(tools, { database: false, key: "for-masks" });
    const claims = keyClaims(pipelines, keys).flatMap((table) => table.claims);
    await masksForRun(pipelines, keys);
    tools.facts.keys.set(keys);
    const ids = [...new Set(claims.map(({ keyId }) => keyId))];
    const held = keys.keys.length + keys.publicKeys.length;
    const source = sourceOf(tools);
    const figures = { source: held === 0 ? null : source, keys: held, masks_with: ids.join(", ") || null };
    if (ids.length === 0) {
      const given = held === 0 ? "" : ` (${plural(held, "key")} given by ${source})`;
      return ok(`no mask needs one${given}`, { figures });
    }
    const uses = ids.map((id) => {
      const columns = claims.filter(({ keyId }) => keyId === id).map(({ column }) => column);
      return `${id} for ${columns.join(", ")}`;
    });
    const others = held > ids.length ? `; ${plural(held - ids.length, "other key")} to read back` : "";
    return ok(`${uses.join("; ")}; from ${source}${others}`, { figures });
  },
};

function resolve(tools: Tools, needs: SettingNeeds): ReturnType<typeof resolveSettings> {
  const { flags, pipeline, env, cwd, signal } = tools;
  return resolveSettings({
    ...{ flags, env, cwd, needs, stop: signal },
    ...(pipeline === undefined ? {} : { pipeline }),
  });
}

/** A command may hold secrets: it is not repeated. */
function sourceOf({ flags: { key } }: Tools): string {
  if (key === undefined) return "SQS2PG_MASK_KEY";
  return key.startsWith("cmd:") ? "--key cmd" : `--key ${key}`;
}
