import { expect, test } from 'vitest';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { LOOPBACK, opened } from '#lib/testing/outbound-policy.ts';
import { checkTypedTarget, readPolicy } from './typed-target.ts';

const verdict = (typed: string, policy: OutboundPolicy = opened()) => {
  try {
    return checkTypedTarget(typed, readPolicy(policy)).hostname;
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
  expect(verdict('http://10.1.2.3/', opened('10.0.0.0/8'))).toBe('10.1.2.3');
  expect(verdict('http://localhost:8080/', LOOPBACK)).toBe('localhost');
  expect(verdict('https://agent.example/control')).toBe('agent.example');
});

test.each([
  ['https://agent.example/', true],
  ['http://agent.example/', true],
  ['http://agent.example:8080/', true],
  ['https://agent.example:9050/', true],
  ['https://agent.example:9051/', false],
  ['http://agent.example:5432/', false],
  ['http://agent.example:22/', false],
  ['https://agent.example:0/', false],
  ['http://10.1.2.3:6379/', false],
])('security O4: of the ports only those are reached that an admin opened: %s is %s', (typed, isOpen) => {
  const ports = [80, 443, 8080].map((port) => [port, port] as const);
  const policy = { ranges: ['10.0.0.0/8'], ports: [...ports, [9000, 9050] as const] };
  expect(verdict(typed, policy) !== 'forbidden').toBe(isOpen);
});
