import { resolveSettings } from "../../config/resolve.js";
import { peek } from "../../drain/peek.js";
import type { Command, CommonFlags } from "../context.js";
import { writeResult } from "../output.js";
import { renderPeek } from "../terminal/peek-table.js";

export interface PeekFlags extends CommonFlags {
  readonly max: number;
  readonly raw?: boolean;
}

export const peekCommand: Command<PeekFlags> = async ({ flags, context, log }) => {
  const { env, cwd, clock, signals } = context;
  const raw = flags.raw === true;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database: false, key: raw ? "never" : "for-masks" },
  });
  for (const notice of settings.notices) log.warn(notice);
  const result = await peek(settings, {
    max: flags.max,
    raw,
    stop: signals.stop,
    kill: signals.kill,
    onWarning: log.warn,
    env,
    clock,
  });
  writeResult(result, (look) => renderPeek(result, look), flags, context);
  return signals.exitCode() ?? 0;
};
