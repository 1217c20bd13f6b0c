/** A text that somebody wrote, read: what it means, or what is wrong with it. */
export type Reading<Meaning> = { readonly value: Meaning } | { readonly problem: string };
