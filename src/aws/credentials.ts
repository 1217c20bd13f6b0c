import type { SQSClientConfig } from "@aws-sdk/client-sqs";
import type { DefaultProviderInit } from "@aws-sdk/credential-provider-node";
import { requirePackage } from "../require-package.js";

export interface CredentialsInit extends DefaultProviderInit {
  /** What the SDK's clients take under this name. */
  readonly requestHandler: NonNullable<SQSClientConfig["requestHandler"]>;
}

export type Credentials = ReturnType<NonNullable<SQSClientConfig["credentialDefaultProvider"]>>;

/**
 * The SDK's own search for credentials, as a client's `credentialDefaultProvider`. Whoever hands them out (SSO, STS,
 * `aws login`) is asked through the client's proxy and with its timeouts; the SDK itself does so for some of them only.
 */
export function findCredentials(init: CredentialsInit): Credentials {
  const clientConfig = { requestHandler: init.requestHandler };
  let search: Credentials | undefined;
  return async (properties) => {
    search ??= loadProviders().defaultProvider({ parentClientConfig: clientConfig, ...init, clientConfig });
    return search(properties);
  };
}

function loadProviders(): typeof import("@aws-sdk/credential-provider-node") {
  return requirePackage("@aws-sdk/credential-provider-node");
}
