import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ContainerCredentials {
  /** Settings that make the SDK ask here. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Hands out credentials as a container's agent does: AKIDONE, which are about to expire, then AKIDTWO, which last for an
 * hour.
 */
export async function startContainerCredentials(): Promise<ContainerCredentials> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const [name, minutes] = asked === 1 ? ["ONE", 1] : ["TWO", 60];
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        AccessKeyId: `AKID${name}`,
        SecretAccessKey: "secret",
        Token: `token-${name}`,
        Expiration: new Date(Date.now() + minutes * 60_000).toISOString(),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials` },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
