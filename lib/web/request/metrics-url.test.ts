import { expect, test } from 'vitest';
import { applicationUrl } from './metrics-url.ts';

test('the metrics have the one address that was configured', () => {
  expect(applicationUrl('/internal?x=1', '/internal')).toBe('/metrics?x=1');
  expect(applicationUrl('/metrics', '/internal')).toBeNull();
  expect(applicationUrl('/agents/a%20b?q=%', '/metrics')).toBe('/agents/a%20b?q=%');
});

test.each(['/agents/%', '/agents/%E0%A4%A', '/api/v1/agents/%ff%fe'])(
  'security N10: there is nothing at %s, which nobody can decode',
  (path) => {
    expect(applicationUrl(path, '/metrics')).toBeNull();
  },
);
