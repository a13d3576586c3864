import { expect, test } from 'vitest';
import { httpLink } from './http-link.ts';

test('alerting S69: an address of another scheme is text, never a link', () => {
  for (const text of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt://example.com/%0aalert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//example.com',
    'http://',
    'runbook 7',
  ])
    expect(httpLink(text), text).toBeNull();
});

test('alerting S69: http and https are links', () => {
  expect(httpLink('https://wiki.example/runbook?id=7')).toBe('https://wiki.example/runbook?id=7');
  expect(httpLink('HTTP://wiki.example')).toBe('http://wiki.example/');
});
