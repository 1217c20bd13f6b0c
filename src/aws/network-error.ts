import { type CallContext, type Description, hostOf } from "./description.js";
import { ProxyError } from "./proxy-error.js";

/** What happened, and what to do about it: both end a sentence. */
interface Fault {
  readonly code: string;
  readonly what: string;
  readonly remedy?: string;
}

/** A proxy is named by the environment, whatever is wrong with the way to it. */
const PROXY = "the proxy";
const PROXY_REMEDY =
  "check HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, whichever names it; NO_PROXY lists the hosts that need none";

/** What Node's and OpenSSL's error codes mean, in words that end a sentence. */
const BY_CODE: ReadonlyMap<string, Fault> = new Map([
  [
    "ENOTFOUND",
    {
      code: "host_not_found",
      what: "the host name is not known",
      remedy: "check AWS_REGION, the endpoint and DNS",
    },
  ],
  ["EAI_AGAIN", { code: "host_not_found", what: "DNS does not answer", remedy: "check the network" }],
  [
    "ECONNREFUSED",
    { code: "connection_refused", what: "the connection is refused", remedy: "is the server running there?" },
  ],
  ["ECONNRESET", { code: "connection_lost", what: "the connection was closed", remedy: "try again later" }],
  ["ECONNABORTED", { code: "connection_lost", what: "the connection was closed", remedy: "try again later" }],
  ["EPIPE", { code: "connection_lost", what: "the connection was closed", remedy: "try again later" }],
  [
    "ETIMEDOUT",
    {
      code: "timed_out",
      what: "there is no answer",
      remedy: "check the network, a firewall or a VPC endpoint",
    },
  ],
  ["EHOSTUNREACH", { code: "unreachable", what: "there is no route", remedy: "check the network" }],
  ["ENETUNREACH", { code: "unreachable", what: "there is no route", remedy: "check the network" }],
  [
    "EADDRNOTAVAIL",
    { code: "unreachable", what: "this machine has no address or port left for the connection" },
  ],
]);

const TLS: Fault = {
  code: "tls_failed",
  what: "no secure connection can be made",
  remedy: "check https:// against http://, and the certificate (NODE_EXTRA_CA_CERTS)",
};

const TLS_CODE =
  /^(?:EPROTO|ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/**
 * What to say of an error of the network, from its code: its message can be localised and can quote what was sent.
 * Undefined for any other error.
 */
export function describeNetworkError(error: unknown, depth = 0): Description | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  if (error instanceof ProxyError) return describeProxyError(error, depth);
  const code = text(error, "code");
  const known =
    code === undefined ? undefined : (BY_CODE.get(code) ?? (TLS_CODE.test(code) ? TLS : undefined));
  const timedOut = error.name === "TimeoutError" ? BY_CODE.get("ETIMEDOUT") : undefined;
  const found = known ?? timedOut;
  if (found !== undefined) {
    return {
      kind: "unavailable",
      code: found.code,
      message: (context) => {
        const remedy = context.service === PROXY && found !== TLS ? PROXY_REMEDY : found.remedy;
        const said = `cannot reach ${context.service ?? "SQS"} at ${addressOf(error, context)}: ${found.what}`;
        return remedy === undefined ? said : `${said}: ${remedy}`;
      },
    };
  }
  // Connecting to several addresses of one name fails with all their errors at once.
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  for (const one of inner) {
    const description = describeNetworkError(one, depth + 1);
    if (description !== undefined) return description;
  }
  return undefined;
}

/** What to say of a proxy that does not let a request pass; HTTP 407 is always one's. */
export function proxyRefusal(status: number, proxy: string = PROXY): Description {
  const what =
    status === 407
      ? "it wants another user and password (http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY or HTTP_PROXY)"
      : "let it pass this host, or name the host in NO_PROXY";
  return {
    kind: status >= 500 ? "unavailable" : "failed",
    code: "proxy_refused",
    message: (context) => `${proxy} refuses requests to ${hostOf(context)} with HTTP ${status}: ${what}`,
  };
}

function describeProxyError({ proxy, status, cause }: ProxyError, depth: number): Description | undefined {
  if (status !== undefined) return proxyRefusal(status, `the proxy ${proxy}`);
  const lost = Object.assign(new Error(), { code: "ECONNRESET" });
  const why = describeNetworkError(cause, depth + 1) ?? describeNetworkError(lost, depth + 1);
  if (why === undefined) return undefined;
  return { ...why, message: (context) => why.message({ ...context, service: PROXY, host: proxy }) };
}

/** The host that was asked for; an error on the way to another one (a credentials server) names its own. */
function addressOf(error: Error, { host }: CallContext): string {
  const named = text(error, "hostname") ?? text(error, "address");
  if (named === undefined) return host ?? "its endpoint";
  if (host !== undefined && (host === named || host.startsWith(`${named}:`))) return host;
  const port = "port" in error && typeof error.port === "number" ? `:${error.port}` : "";
  const address = `${named.includes(":") ? `[${named}]` : named}${port}`;
  return host === undefined || text(error, "hostname") !== undefined ? address : `${host} (${address})`;
}

function text(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === "string" && value !== "" ? value : undefined;
}
