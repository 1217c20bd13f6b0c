/**
 * A count with thousands separators, the same in every locale: 1,234,567. Not by Intl.NumberFormat (or toLocaleString),
 * which takes as long to make as half of the start of a command.
 */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
