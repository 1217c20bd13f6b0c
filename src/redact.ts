type Rule = readonly [pattern: RegExp, instead: string];

/** What secrets look like, with what is left of them. Control characters may have been escaped before. */
const RULES: readonly Rule[] = [
  // A key, wherever it was typed.
  [/(sqs2pg-(?:key|private)-\d+:)[\w-]{6,}/g, "$1..."],
  // A private key in PEM form, or what is there of it.
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*-----|$)/gs, "$1..."],
  // The password of a URL, before its host. A database's may hold unencoded spaces and slashes.
  [/(postgres(?:ql)?:\/\/[^\s:/@]*:)[^"'\n]*@/gi, "$1...@"],
  [/(:\/\/[^\s:/@]*:)\S*@/g, "$1...@"],
  // One without a host behind it, as far as it is no port.
  [/(postgres(?:ql)?:\/\/[^\s:/@]*:)(?!\.\.\.@)(?!\d{1,5}(?:[/?\s"']|$))[^\s"'@]+(?!\S*@)/gi, "$1..."],
  // Whatever a database's URL has behind the `?`: the name can be misspelt.
  [/(postgres(?:ql)?:\/\/[^\s"'?]*\?)[^\s"']+/gi, "$1..."],
  // The parameters of another URL and of libpq's other form, and those of a request that AWS has signed.
  [/([?&](?:ssl)?password=)[^&\s'"]*/gi, "$1..."],
  [/(\b(?:ssl)?password\s*=\s*)(?!\.\.\.)(?:'(?:\\.|[^'\\])*'|[^\s'"&]+)/gi, "$1..."],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s'"]*/gi, "$1..."],
  // AWS's settings, as a shell has them.
  [/(\bAWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)\s*[=:]\s*)\S+/g, "$1..."],
  [/(\bPGPASSWORD\s*[=:]\s*)(?!\.\.\.)\S+/g, "$1..."],
];

/** Takes secrets out of a text that repeats what a user has typed in the wrong place. */
export function redact(text: string): string {
  return RULES.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
