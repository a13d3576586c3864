import { expect, test } from 'vitest';
import { incompleteBeta } from './incomplete-beta.ts';
import { normalCdf, normalQuantile } from './normal.ts';

test('the normal distribution has the values of the tables, far into the tail', () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 14);
  expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 9);
  expect(normalCdf(-6) / 9.865876450376981e-10).toBeCloseTo(1, 8);
  expect(normalCdf(-10) / 7.619853024160527e-24).toBeCloseTo(1, 8);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 8);
  expect(normalQuantile(1e-9)).toBeCloseTo(-5.997807015, 7);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
});

test('the incomplete beta function is the binomial tail that it stands for', () => {
  // P(X >= 3) of 20 tries at 0.1, by its sum.
  const below = [1, 20, 190].map((ways, k) => ways * 0.1 ** k * 0.9 ** (20 - k));
  expect(incompleteBeta(0.1, 3, 18)).toBeCloseTo(1 - below.reduce((a, b) => a + b), 12);
  expect(incompleteBeta(0.5, 4.5, 4.5)).toBeCloseTo(0.5, 12);
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
});
