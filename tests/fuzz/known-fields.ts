import type { Chance } from '../history/chance.ts';
import { pick } from './hostile-values.ts';

const DAY_MS = 86_400_000;
/** The begin of today, so that a seed makes the same requests on the same day. */
const today = (): number => Math.floor(Date.now() / DAY_MS) * DAY_MS;

const RULES = `rules:
  - name: fuzzed
    enabled: false
    definition: {type: threshold, source: {measure: requests}, levels: {critical: 5}}
`;

const mark = (chance: Chance): string => Math.floor(chance.next() * 2 ** 40).toString(36);

/** Whole numbers and texts of a time stand under the same names. */
const moment = (days: number, text: string) => (type: unknown) =>
  type === 'integer' || type === 'number' ? today() + days * DAY_MS : text;

/**
 * What fields take whose schema says less than the verb asks for, by their names: names that nobody has yet, intervals
 * that end after they begin, time zones, permissions.
 */
const KNOWN: Readonly<Record<string, (type: unknown, chance: Chance) => unknown>> = {
  name: (_, chance) => `n ${mark(chance)}`,
  slug: (_, chance) => `s-${mark(chance)}`,
  email: (_, chance) => `f${mark(chance)}@example.test`,
  timeZone: (_, chance) => pick(chance, ['UTC', 'Europe/Berlin']),
  role: (_, chance) => pick(chance, ['viewer', 'developer']),
  permissions: () => ['agents:read'],
  operator: () => '=',
  startsAt: moment(1, '2026-01-05T09:00'),
  endsAt: moment(3, '2099-01-05T09:00'),
  until: moment(1, '2099-01-05T09:00'),
  yaml: () => RULES,
  settings: (_, chance) =>
    pick(chance, [{ recipients: ['a@example.test'] }, { url: 'http://127.0.0.1:9999/hook' }]),
  address: (_, chance) => pick(chance, ['a@example.test', 'http://127.0.0.1:9999/hook']),
  scopes: (type) => (type === 'array' ? ['read'] : 'openid'),
  fullName: (_, chance) => `fuzz/r${mark(chance)}`,
  hostUrl: () => 'https://github.example.test',
  credential: () => ({ kind: 'token', token: 'a-token-of-the-fuzz' }),
  allowed: () => [{ event: 'push', ref: 'main', environment: 'production' }],
  namespaces: () => ['agents'],
  server: () => 'https://cluster.example.test',
  namespace: (type) => (type === 'string' ? 'agents' : undefined),
  workload: (_, chance) => `w-${mark(chance)}`,
  container: () => 'agent',
  image: () => 'registry.example.test/agent',
  version: (type) => (type === 'string' ? '1.0.0' : 1),
  digest: () => null,
  sha: () => 'a'.repeat(40),
  levels: () => ({ critical: 5 }),
  // None is known before a list was read.
  cursor: () => undefined,
};
/** Hours of a day. */
const HOURS: Readonly<Record<string, string>> = { from: '09:00', to: '17:00' };

/** Whether more is known of a field than its schema says; and a value that it takes. */
export function knownField(
  name: string,
  schema: { type?: unknown; pattern?: string; enum?: unknown[]; const?: unknown },
  chance: Chance,
): { value: unknown } | null {
  const { type, pattern } = schema;
  if (schema.enum || 'const' in schema) return null;
  const hour = HOURS[name];
  if (hour !== undefined && pattern?.includes('[0-5]')) return { value: hour };
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  return known ? { value: known([type].flat()[0], chance) } : null;
}
