import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nearestList } from './nearest-list.ts';

test.each([
  ['/agents/x/runs', '/agents'],
  ['/alerts/x', '/alerts'],
  ['/alerts/rules/x/edit', '/alerts/rules'],
  ['/alerts/silences/x', '/alerts/silences'],
  ['/on-call/schedules/x', '/on-call'],
  ['/on-call/policies/x', '/on-call/policies'],
  ['/settings/roles/x', '/settings/roles'],
  ['/settings/notifications/deliveries/x', '/settings/notifications/deliveries'],
  ['/runs/x', '/agents'],
  ['/agentsx/y', '/agents'],
])('%s, which is not there, leads to %s', (asked, list) => {
  expect(nearestList(asked).href).toBe(list);
});

test('every page about one thing leads to a list within its own place, not to the agents', () => {
  const app = join(import.meta.dirname, '../../app/(console)');
  const asked = globSync('**/[[]*[]]/**/page.tsx', { cwd: app })
    .map((file) => `/${file.replace(/\/\([^)]*\)/g, '').replace('/page.tsx', '')}`)
    .filter((path) => !/^\/(?:runs|agents)\//.test(path));
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.filter((path) => nearestList(path).href === '/agents')).toEqual([]);
});
