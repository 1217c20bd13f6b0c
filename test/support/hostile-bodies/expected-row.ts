import { hmacMask, type LoginRow } from "../independent.js";
import type { LoadedFields } from "./case.js";

/** The row that the fields are loaded as, worked out with none of the program's code. */
export function expectedRow(fields: LoadedFields, sentAtMs: number, key: string): LoginRow {
  return {
    user_id: fields.user_id,
    device_type: fields.device_type ?? null,
    masked_ip: hmacMask(key, "ip", fields.ip),
    masked_device_id: hmacMask(key, "device_id", fields.device_id),
    locale: fields.locale ?? null,
    app_version: fields.app_version ?? null,
    create_date: new Date(sentAtMs).toISOString().slice(0, "YYYY-MM-DD".length),
  };
}
