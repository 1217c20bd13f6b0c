import type { AgentOptions, Agents } from "./proxy-agents.js";

/** The SDK's own agents; where the environment names a proxy, such as go through it, which are imported only then. */
export async function agentsFor(options: AgentOptions): Promise<Agents> {
  const isNamed = Object.entries(process.env).some(
    ([name, value]) => /^(?:https?|all)_proxy$/i.test(name) && value !== "",
  );
  if (!isNamed) return { httpAgent: options, httpsAgent: options };
  const { createProxyAgents } = await import("./proxy-agents.js");
  return createProxyAgents(options);
}
