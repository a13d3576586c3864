import { expect, test } from 'vitest';
import { parseAllowList } from './blocked-address.ts';
import { checkTypedTarget } from './typed-target.ts';

const verdict = (typed: string, allow: readonly string[] = []) => {
  try {
    return checkTypedTarget(typed, parseAllowList(allow)).hostname;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  'http://127.0.0.1/health',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/latest',
  'http://LOCALHOST:8080/',
  'http://agent.localhost./',
])('security O2: %s is known to lead inside when it is typed', (typed) => {
  expect(verdict(typed)).toBe('forbidden');
});

test('security O4: what an admin opened may be typed, and a public name always', () => {
  expect(verdict('http://10.1.2.3/', ['10.0.0.0/8'])).toBe('10.1.2.3');
  expect(verdict('http://localhost:8080/', ['127.0.0.0/8', '::1/128'])).toBe('localhost');
  expect(verdict('https://agent.example/control')).toBe('agent.example');
});
