/** Randomness of the demo: log-normal values and sleeps. */

/** A log-normal value with the given median; sigma 0.35 gives a p95 of about 1.8 medians. */
export function logNormal(median, sigma = 0.35) {
  const u = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(sigma * u);
}

export const chance = (probability) => Math.random() < probability;

export const pick = (items) => items[Math.floor(Math.random() * items.length)];

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
