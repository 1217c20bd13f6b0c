import { isDatabaseGiven } from "../../config/database-given.js";
import { resolveSettings } from "../../config/resolve.js";
import { audit } from "../../masked-data/audit.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import type { KindOfColumn } from "../flags/audit.js";
import { writeResult } from "../output.js";
import { renderAudit } from "../terminal/audit-report.js";

export interface AuditFlags extends CommonFlags {
  readonly kind?: readonly KindOfColumn[];
  readonly sample?: number;
}

export const auditCommand: Command<AuditFlags> = async ({ flags, context, log }) => {
  const { env, cwd, signals } = context;
  const database = isDatabaseGiven(flags.database, env);
  const settings = await resolveSettings({
    flags,
    env,
    cwd,
    stop: signals.stop,
    needs: { database, key: "if-given", pipelines: "table" },
  });
  for (const notice of settings.notices) log.warn(notice);
  const report = await audit(settings, {
    kinds: new Map(flags.kind),
    sample: flags.sample,
    stop: signals.stop,
    env,
  });
  writeResult(report, (look) => renderAudit(report, look), flags, context);
  return report.at_risk.length > 0 ? EXIT.atRisk : EXIT.done;
};
