import { expect, test } from 'vitest';
import { applyView, sameView, viewQuery } from './view-query.ts';

test('a view keeps filters, order and environment, and leaves the range to the page', () => {
  const address = new URLSearchParams('range=7d&sort=p95&q=a%26b&env=production&from=1');
  expect(viewQuery(address)).toBe('q=a%26b&env=production&sort=p95');
  applyView(address, 'status=error');
  expect(address.toString()).toBe('range=7d&from=1&status=error');
});

test('a view is the same in whatever order its parts stand, and nothing else is', () => {
  expect(sameView('sort=p95&q=x', 'q=x&sort=p95&range=7d')).toBe(true);
  expect(sameView('q=x', 'q=y')).toBe(false);
});
