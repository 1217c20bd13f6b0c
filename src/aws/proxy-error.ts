export interface ProxyErrorOptions extends ErrorOptions {
  /** Host and port. */
  readonly proxy: string;
  /** What the proxy answered; undefined where it gave no answer. */
  readonly status?: number | undefined;
}

/** A proxy did not let a request through, or could not be reached; its `cause` says why. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly proxy: string;
  readonly status: number | undefined;
  /** Of the network, for whoever decides by it whether to try again. */
  readonly code: unknown;
  /** Tells the AWS SDK to try again. */
  readonly $retryable?: { readonly throttling: false };

  constructor({ proxy, status, cause }: ProxyErrorOptions) {
    super(status === undefined ? "the proxy gave no answer" : `the proxy answered with HTTP ${status}`, {
      cause,
    });
    this.proxy = proxy;
    this.status = status;
    this.code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (status === undefined || status >= 500) this.$retryable = { throttling: false };
  }
}
