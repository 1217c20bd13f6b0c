import { StoreError } from "../store.js";
import {
  DRIVER_REFUSALS,
  describeNetworkError,
  describeSqlState,
  type ErrorContext,
} from "./describe-error.js";
import { classifySqlState, leavesOutcomeUnknown } from "./sqlstate.js";

/** Texts of node-pg, tarn and Knex for a connection that is gone or did not come up in time. */
const CONNECTION_TEXTS =
  /^(Connection (terminated|ended)|There was an error establishing an SSL connection|timeout expired|Client (has encountered|was closed)|read ETIMEDOUT)/;

const NETWORK_CODES: ReadonlySet<string> = new Set(
  (
    "ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EAI_FAIL ENOENT EHOSTUNREACH " +
    "ENETUNREACH EHOSTDOWN ENETDOWN EADDRNOTAVAIL EMFILE ENFILE ERR_STREAM_DESTROYED ERR_SOCKET_CLOSED"
  ).split(" "),
);

/**
 * What the driver threw as a `StoreError`. `sent`: the statement was on its way to the server. Of PostgreSQL's fields
 * only SQLSTATE, constraint, column and table are kept: message, detail, hint and where quote values.
 * https://www.postgresql.org/docs/current/protocol-error-fields.html
 */
export function toStoreError(error: unknown, context: ErrorContext, sent: boolean): StoreError {
  if (error instanceof StoreError) return error;
  const sqlState = sqlStateOf(error);
  return sqlState === undefined
    ? withoutSqlState(error, context, sent)
    : withSqlState(error, sqlState, context, sent);
}

/** The SQLSTATE that the server gave, if it was the server that spoke. */
export function sqlStateOf(error: unknown): string | undefined {
  // Node's codes can look the same (EPIPE); only the server's errors have a severity.
  return textField(error, "severity") === undefined ? undefined : textField(error, "code");
}

function withSqlState(error: unknown, sqlState: string, context: ErrorContext, sent: boolean): StoreError {
  const described = describeSqlState(sqlState, context);
  const classOf = classifySqlState(sqlState);
  const code = described?.code ?? (classOf === "transient" ? "database_unavailable" : `sqlstate_${sqlState}`);
  const message =
    described?.message ?? `PostgreSQL at ${context.target} refused the statement: SQLSTATE ${sqlState}`;
  return new StoreError(
    classOf,
    message,
    {
      code,
      sqlState,
      constraint: textField(error, "constraint"),
      column: textField(error, "column"),
      table: tableOf(error),
      outcomeUnknown: sent && leavesOutcomeUnknown(sqlState),
    },
    { cause: error },
  );
}

function withoutSqlState(error: unknown, context: ErrorContext, sent: boolean): StoreError {
  const systemCode = textField(error, "code");
  const text = error instanceof Error ? withoutStatement(error.message) : "";
  const refusal = refusalOf(systemCode, text);
  if (refusal !== undefined) {
    const { code, message } = DRIVER_REFUSALS[refusal](context);
    return new StoreError("fatal", message, { code, outcomeUnknown: sent }, { cause: error });
  }
  const timedOut = isTimeout(error) || text === "timeout expired";
  const { code, message } = describeNetworkError(timedOut ? "ETIMEDOUT" : systemCode, context);
  return new StoreError("transient", message, { code, outcomeUnknown: sent }, { cause: error });
}

/** Knex puts the statement and ` - ` before what the driver says. */
function withoutStatement(message: string): string {
  const separator = message.lastIndexOf(" - ");
  return separator === -1 ? message : message.slice(separator + " - ".length);
}

function refusalOf(systemCode: string | undefined, text: string): keyof typeof DRIVER_REFUSALS | undefined {
  if (/^SASL:.*password must be/.test(text)) return "password";
  if (text === NO_TLS) return "ssl";
  if (/^SASL channel binding:/.test(text)) return "binding";
  if (systemCode !== undefined && TLS_CODE.test(systemCode)) return tlsRefusalOf(systemCode);
  if (
    CONNECTION_TEXTS.test(text) ||
    text.includes("Timeout acquiring a connection") ||
    text.includes("query timeout")
  ) {
    return undefined;
  }
  return systemCode !== undefined && NETWORK_CODES.has(systemCode) ? undefined : "unexpected";
}

const NO_TLS = "The server does not support SSL connections";

/** Codes of OpenSSL and of Node's TLS. */
const TLS_CODE = /CERT|^ERR_(?:TLS|SSL|OSSL)|^UNABLE_TO_(?:VERIFY|GET|DECODE|DECRYPT)|^EPROTO$|^CRL_|_CRL$/;

function tlsRefusalOf(code: string): keyof typeof DRIVER_REFUSALS {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "hostname";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return "expired";
  if (code === "CERT_REVOKED") return "revoked";
  return /^ERR_(?:SSL|OSSL)|^EPROTO$/.test(code) ? "handshake" : "certificate";
}

/** Whether encryption could not be agreed on, so that a login without it may go better. */
export function isTlsFailure(error: unknown): boolean {
  const text = error instanceof Error ? error.message : "";
  return text === NO_TLS || TLS_CODE.test(textField(error, "code") ?? "");
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /Timeout/.test(error.constructor.name);
}

function tableOf(error: unknown): string | undefined {
  const [schema, table] = [textField(error, "schema"), textField(error, "table")];
  return schema === undefined || table === undefined ? undefined : `${schema}.${table}`;
}

function textField(error: unknown, name: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}
