import { randomUUID } from 'node:crypto';
import type { Knocker } from './people.ts';

const HOUR_MS = 3_600_000;
const matchers = [{ name: 'alertname', operator: '=', value: 'Fuzzed' }];

/** One of everything that people make, by the address that makes it; `ids` are those made before. */
const ROWS: readonly [
  table: string,
  path: (ids: ReadonlyMap<string, string>) => string,
  body: (name: string, ids: ReadonlyMap<string, string>) => unknown,
][] = [
  ['roles', () => 'roles', (name) => ({ name, permissions: ['agents:read'] })],
  ['global_roles', () => 'global-roles', (name) => ({ name, permissions: ['agents:read'] })],
  [
    'invitations',
    () => 'invitations',
    (name) => ({ email: `${name.slice(-12)}@example.test`, role: 'viewer' }),
  ],
  ['teams', () => 'teams', (name) => ({ name, slug: name.slice(-12) })],
  [
    'maintenance_windows',
    () => 'maintenance-windows',
    (name) => ({
      ...{ name, matchers, timeZone: 'UTC' },
      when: { kind: 'once', startsAt: Date.now() + HOUR_MS, endsAt: Date.now() + 2 * HOUR_MS },
    }),
  ],
  [
    'clusters',
    () => 'clusters',
    (name) => ({
      ...{ name, namespaces: ['agents'], form: 'token' },
      ...{ server: 'https://cluster.example.test', token: 'a-token-of-the-fuzz' },
    }),
  ],
  [
    'registries',
    () => 'registries',
    (name) => ({
      host: `r${name.slice(-12)}.example.test`,
      login: { username: 'fuzz', secret: 'a-secret-of-the-fuzz' },
    }),
  ],
  [
    'repositories',
    () => 'repositories',
    (name) => ({
      fullName: `fuzz/${name.slice(-12)}`,
      credential: { kind: 'token', token: 'a-token-of-the-fuzz' },
    }),
  ],
  ['inhibition_rules', () => 'inhibition-rules', (name) => ({ name, source: matchers, target: matchers })],
  [
    'notification_channels',
    () => 'notification-channels',
    (name) => ({ name, kind: 'webhook', settings: { url: 'http://127.0.0.1:9999/hook' } }),
  ],
  [
    'alert_routes',
    () => 'alert-routes',
    (name, ids) => ({ name, matchers, channelIds: [ids.get('notification_channels')] }),
  ],
  // A second one, which no route leads to.
  [
    'notification_channels',
    () => 'notification-channels',
    (name) => ({ name, kind: 'webhook', settings: { url: 'http://127.0.0.1:9999/hook' } }),
  ],
  [
    'contact_methods',
    () => 'contact-methods',
    (name) => ({ kind: 'email', name, address: `${name.slice(-12)}@example.test` }),
  ],
  ['schedules', () => 'schedules', (name) => ({ name, timeZone: 'UTC', rotations: [] })],
  [
    'schedule_overrides',
    (ids) => `schedules/${ids.get('schedules')}/overrides`,
    (_, ids) => ({
      userId: ids.get('person'),
      startsAt: Date.now() + HOUR_MS,
      endsAt: Date.now() + 2 * HOUR_MS,
    }),
  ],
  [
    'escalation_policies',
    () => 'escalation-policies',
    (name, ids) => ({
      ...{ name, repeat: 0 },
      steps: [{ targets: [{ kind: 'user', id: ids.get('person') }], delayMinutes: 5 }],
    }),
  ],
];

/**
 * Makes one of everything that people of a team make, so that what requests name by an id is there.
 *
 * @param personId who answers alerts
 * @returns the ids by table; what was refused, since there are enough of it, is left out
 */
export async function plantRows(
  url: string,
  { headers }: Knocker,
  personId: string,
): Promise<Map<string, string>> {
  const ids = new Map([['person', personId]]);
  for (const [table, path, body] of ROWS) {
    const answer = await fetch(`${url}/api/v1/${path(ids)}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body(`planted ${randomUUID()}`, ids)),
    });
    const made = (await answer.json()) as { id?: string };
    if (answer.status >= 500) throw new Error(`${table}: ${answer.status} ${JSON.stringify(made)}`);
    if (made.id !== undefined) ids.set(table, made.id);
  }
  ids.delete('person');
  return ids;
}
