/** The library: the same commands as on the command line. It never prints and never exits. */
export { type Clock, systemClock } from "./clock.js";
export { defineConfig } from "./config/define-config.js";
export { type ResolveOptions, resolveSettings, type Settings } from "./config/resolve.js";
export type {
  ColumnConfig,
  ConfigFile,
  ConverterConfig,
  MaskConfig,
  NamedPipelineConfig,
  PipelineConfig,
  PipelinesConfig,
} from "./config/schema.js";
export type { CheckGroup, CheckStatus, Figures } from "./doctor/check.js";
export { type DoctorOptions, doctor } from "./doctor/doctor.js";
export type { DoctorReport, ReportedCheck } from "./doctor/report.js";
export { type DrainOptions, drain } from "./drain/drain.js";
export type { DrainEvent, OnDrainEvent, Progress } from "./drain/events.js";
export { DEFAULT_LIMITS, type DrainLimits } from "./drain/limits.js";
export { type PeekOptions, peek } from "./drain/peek.js";
export type { PeekedMessage, PeekedRow, PeekedTarget, PeekResult } from "./drain/peek-result.js";
export type { DrainReport, RejectGroup, StoppedBecause } from "./drain/report.js";
export {
  ConfigError,
  type ConfigProblem,
  DatabaseError,
  type ErrorKind,
  InterruptedError,
  KeyError,
  PayloadError,
  type Place,
  QueueError,
  Sqs2pgError,
  UsageError,
} from "./errors.js";
export {
  type MigrateResult,
  type MigrateSettings,
  migrate,
  migrationStatus,
  rollback,
} from "./loader/migrations/migrate.js";
export { printSql } from "./loader/migrations/print-sql.js";
export type { RejectStatus } from "./loader/reject-groups.js";
export { type AuditOptions, audit } from "./masked-data/audit.js";
export type { ValueKind } from "./masked-data/audit-kinds.js";
export type {
  AuditedCandidates,
  AuditedColumn,
  AuditedKey,
  AuditReport,
  StoredValues,
  UnmaskedColumn,
  Verdict,
} from "./masked-data/audit-report.js";
export { type ForgetOptions, type ForgetResult, forget } from "./masked-data/forget.js";
export {
  type KeyListing,
  type ListedKey,
  type ListedUse,
  type ListKeysOptions,
  listKeys,
} from "./masked-data/list-keys.js";
export { type RewrapOptions, rewrap } from "./masked-data/rewrap.js";
export type {
  FixedColumn,
  LeftValues,
  ReportedRun,
  Rewrapped,
  RewrappedColumn,
  RewrappedVault,
  RewrapReport,
} from "./masked-data/rewrap-report.js";
export type { ColumnFailure } from "./masked-data/unmask-cells.js";
export { type UnmaskCsvOptions, unmaskCsv } from "./masked-data/unmask-csv.js";
export type { UnmaskFailure } from "./masked-data/unmask-outcome.js";
export type { UnmaskReport } from "./masked-data/unmask-report.js";
export { type UnmaskedRow, type UnmaskRowsOptions, unmaskRows } from "./masked-data/unmask-rows.js";
export type { UnmaskOptions } from "./masked-data/unmask-run.js";
export { type UnmaskedValue, type UnmaskValuesOptions, unmaskValues } from "./masked-data/unmask-values.js";
export {
  type ListedRejects,
  type ListRejectsOptions,
  listRejects,
  type RejectListing,
} from "./rejects/list-rejects.js";
export { type ReplayOptions, replay } from "./rejects/replay.js";
export type { ReplayReport } from "./rejects/replay-report.js";
export { version } from "./version.js";
