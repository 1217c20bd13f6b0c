/**
 * Gives Node 20 what Node has from 21 on: a navigator that names it. Where there is none, pg finds out by a Response
 * whether it runs at Cloudflare's, and Node loads all of fetch for it: a fifth of what a program costs that does nothing.
 */
export function nameNode(): void {
  if ("navigator" in globalThis) return;
  const userAgent = `Node.js/${process.versions.node.split(".")[0]}`;
  Object.defineProperty(globalThis, "navigator", { value: { userAgent }, configurable: true });
}
