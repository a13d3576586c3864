import { formatMoney, formatPlural, MISSING } from './format.ts';

/**
 * Cost of which some may not be known: a model that no price is known of costs something, and never $0. A cost is
 * the known part, in US dollars; null where nothing of it is known.
 */

/** The cost of calls some of which may have no price; nothing spent on calls without a price is unknown. */
export function knownCost(usd: number, unpricedCalls: number): number | null {
  return usd === 0 && unpricedCalls > 0 ? null : usd;
}

/** A known part for people, of which the whole is not known. */
export const atLeast = (known: string): string => `≥ ${known}`;

/** A cost for people: at least what is known, where calls without a price came on top. */
export function formatCost(usd: number | null | undefined, unpricedCalls: number | undefined): string {
  const known = formatMoney(usd);
  return known !== MISSING && (unpricedCalls ?? 0) > 0 ? atLeast(known) : known;
}

/** What is missing from a cost, in words; null where nothing is. */
export function unpricedWords(unpricedCalls: number | undefined): string | null {
  if (unpricedCalls === undefined || unpricedCalls <= 0) return null;
  return `No price for ${formatPlural(unpricedCalls, 'call')}`;
}
