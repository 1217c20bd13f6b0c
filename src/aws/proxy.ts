import { getProxyForUrl } from "proxy-from-env";
import { UsageError } from "../errors.js";

/** A server that passes requests on. */
export interface HttpProxy {
  /** Without its user and password. */
  readonly url: URL;
  /** The Proxy-Authorization header, where the environment names a user. */
  readonly authorization: string | undefined;
}

/**
 * The proxy for requests to `url`, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (in either case) name it; undefined
 * where they go straight. The AWS SDK for JavaScript itself reads none of them. Throws UsageError `proxy_malformed`.
 */
export function proxyFor(url: string): HttpProxy | undefined {
  const named = getProxyForUrl(url);
  return named === "" ? undefined : parseProxy(withPlainScheme(named));
}

/** A proxy that is named without a scheme speaks HTTP, as it does for curl; the package gives it the scheme of `url`. */
function withPlainScheme(named: string): string {
  return Object.values(process.env).includes(named) ? named : named.replace(/^https:/, "http:");
}

function parseProxy(text: string): HttpProxy {
  try {
    const url = new URL(text);
    if (url.protocol !== "http:" && url.protocol !== "https:") throw malformed();
    const { username, password } = url;
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization = user === ":" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
    url.username = "";
    url.password = "";
    return { url, authorization };
  } catch {
    // Neither the text nor the parser's error is passed on: a password can be in them.
    throw malformed();
  }
}

function malformed(): UsageError {
  return new UsageError(
    "proxy_malformed",
    "the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names is no URL of an HTTP proxy: one looks like http://proxy.example.com:3128; NO_PROXY lists the hosts that need none",
  );
}
