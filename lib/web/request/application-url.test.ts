import { expect, test } from 'vitest';
import { applicationUrl } from './application-url.ts';

test('the metrics have the one address that was configured', () => {
  expect(applicationUrl('/internal?x=1', '/internal')).toBe('/metrics?x=1');
  expect(applicationUrl('/metrics', '/internal')).toBeNull();
  expect(applicationUrl('/agents/a%20b?q=%', '/metrics')).toBe('/agents/a%20b?q=%');
});

test.each([
  ['/api/../sign-in', '/sign-in'],
  ['/api/%2e%2E/./sign-in?a=/../b', '/sign-in?a=/../b'],
  ['/../..', '/'],
  ['http://evil.example/agents?q=1', '/agents?q=1'],
  ['//evil.example/agents', '//evil.example/agents'],
  ['/\\evil.example', '//evil.example'],
])('security N10: %s is known by where it leads, %s', (given, leads) => {
  expect(applicationUrl(given, '/metrics')).toBe(leads);
});

test.each(['/x/../metrics', '/%2e/metrics', 'http://localhost/metrics'])(
  'security N10: %s is no way around the address of the metrics',
  (url) => {
    expect(applicationUrl(url, '/internal')).toBeNull();
  },
);

test.each(['/agents/%', '/agents/%E0%A4%A', '/api/v1/agents/%ff%fe', '*', 'http://[', '', '/_global-error'])(
  'security N10: there is nothing at %s, on which Next would fail',
  (url) => {
    expect(applicationUrl(url, '/metrics')).toBeNull();
  },
);
