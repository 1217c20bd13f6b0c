import { resolveSettings } from "../../config/resolve.js";
import { UsageError } from "../../errors.js";
import { forget } from "../../masked-data/forget.js";
import { MOST_VALUES } from "../../masked-data/forget-values.js";
import { isToken } from "../../masking/index.js";
import { unlessStopped } from "../../unless-stopped.js";
import type { Command, CommonFlags, Context } from "../context.js";
import { EXIT } from "../exit-code.js";
import { inputLines } from "../input-lines.js";
import { writeResult } from "../output.js";
import { readStdin } from "../stdin.js";
import { renderForget } from "../terminal/forget-result.js";

export interface ForgetFlags extends CommonFlags {
  readonly values: readonly string[];
  readonly domain?: string;
  readonly as?: string;
  readonly dryRun?: boolean;
}

export const forgetCommand: Command<ForgetFlags> = async ({ flags, context, log }) => {
  const { env, cwd, signals } = context;
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database: true, key: "if-given", pipelines: "table" },
  });
  for (const notice of settings.notices) log.warn(notice);
  const isGiven = flags.values.length > 0;
  if (flags.values.some((value) => !isToken(value))) {
    log.warn(
      "raw values in arguments are visible to every user of this machine, and stay in the shell's history: give them on standard input",
    );
  }
  const result = await forget(settings, {
    values: isGiven ? flags.values : await valuesOnStdin(context),
    source: isGiven ? "arguments" : "stdin",
    domain: flags.domain,
    as: flags.as,
    dryRun: flags.dryRun === true,
    stop: signals.stop,
    env,
  });
  writeResult(result, (look) => renderForget(result, look), flags, context);
  return EXIT.done;
};

async function valuesOnStdin({ stdin, signals }: Context): Promise<readonly string[]> {
  const bytes = readStdin(stdin, "pipe raw values or tokens into it, one a line");
  const read = async (): Promise<readonly string[]> => {
    const values: string[] = [];
    for await (const lines of inputLines(bytes, { invalid: "refuse" })) {
      values.push(...lines);
      // The rest is not wanted: that is too many already, unless it repeats itself.
      if (values.length > 10 * MOST_VALUES) throw tooMany();
    }
    return values;
  };
  try {
    return await unlessStopped(read(), signals.stop, "interrupted: nothing was forgotten");
  } finally {
    stdin.destroy();
  }
}

function tooMany(): UsageError {
  return new UsageError("values_too_many", "there are too many values on standard input: divide them");
}
