/**
 * The probability of being wrong that one look of a planned series may spend, so that all looks together spend
 * `total`. The share that is spent by the time t = look / looks is ln(1 + (e - 1) t), the Pocock-like function of Lan
 * and DeMets, "Discrete sequential boundaries for clinical trials" (Biometrika 70, 1983): a release that is plainly
 * broken is seen at an early look, where an O'Brien-Fleming-like function would keep nearly everything for the end.
 *
 * Each look gets what its step adds as a level of its own (Bonferroni over the steps). That wastes what the looks have
 * in common and holds however they depend on each other: also when windows overlap, or the baseline changes.
 *
 * @param look the first is 1
 * @param looks planned beforehand
 * @returns 0 for a look that was not planned
 */
export function levelOfLook(look: number, looks: number, total: number): number {
  if (look < 1 || look > looks) return 0;
  const spentBy = (time: number): number => Math.log(1 + (Math.E - 1) * time);
  return total * (spentBy(look / looks) - spentBy((look - 1) / looks));
}
