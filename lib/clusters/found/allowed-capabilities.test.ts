import { expect, test } from 'vitest';
import { allowedCapabilities } from './allowed-capabilities.ts';

const ALL = { deployable: true, scalable: 'workload', logs: true, card: true, metrics: true } as const;
const refused = (says: string, namespace = 'agents') => ({ namespace, says, isAllowed: false, reason: null });

test.each([
  ['nothing is held against it before the first check', null, ALL],
  ['who may not patch deploys nothing', [refused('Deploy and roll back')], { ...ALL, deployable: false }],
  ['who may not scale scales nothing', [refused('Scale')], { ...ALL, scalable: 'no' }],
  ['who may not read logs has none', [refused('Read logs')], { ...ALL, logs: false }],
  ['what is refused elsewhere counts elsewhere', [refused('Scale', 'other')], ALL],
])('what can be done follows what the credentials may do: %s', (_title, access, capabilities) => {
  expect(allowedCapabilities(ALL, access, 'agents')).toEqual(capabilities);
});

test('what is scaled through its own object asks for no scale of workloads', () => {
  const source = { ...ALL, scalable: 'source' } as const;
  expect(allowedCapabilities(source, [refused('Scale')], 'agents')).toEqual(source);
});
