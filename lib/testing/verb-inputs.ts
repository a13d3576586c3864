import type { Verb } from './every-verb.ts';
import { inputWithId } from './sample-input.ts';

type InputFor = (id: string) => unknown;

const rotations = (id: string) => [
  { name: 'x', participants: [id], startsAt: '2026-01-05T09:00', shift: { unit: 'days', length: 1 } },
];
const definition = (id: string) => ({
  type: 'threshold',
  source: { agentIds: [id], measure: 'requests' },
  levels: { critical: 5 },
});

const deploymentPlan = (id: string) => ({
  ...{ agentId: id, clusterId: id, namespace: 'agents', workload: 'agent', container: 'agent' },
  ...{ image: 'agent', version: '1.0.0', source: { repositoryId: id, sha: 'c'.repeat(40) } },
});

/** Inputs of verbs that want more than their schema says before they look for what the id names. */
const INPUTS: Readonly<Record<string, InputFor[]>> = {
  'schedules.create': [(id) => ({ name: 'x', timeZone: 'UTC', rotations: rotations(id) })],
  'schedules.update': [(id) => ({ id, rotations: rotations(id) })],
  'schedule-overrides.create': [
    (id) => ({ scheduleId: id, userId: id, replacesUserId: id, startsAt: 1, endsAt: 2 }),
  ],
  'notifications.list': [(id) => ({ channelId: id, alertId: id }), (id) => ({ cursor: id })],
  'metrics.query': [(id) => ({ from: 0, to: 3_600_000, measure: 'requests', agentId: id })],
  'clusters.update': [(id) => ({ id, name: 'x', namespaces: ['agents'] })],
  'clusters.reconnect': [(id) => ({ id, form: 'token', server: 'https://cluster.example.test', token: 'x' })],
  'deployments.update-freeze': [(id) => ({ id, name: 'x', startsAt: 1, endsAt: 2 })],
  'deployments.preview': [deploymentPlan],
  'deployments.create': [deploymentPlan],
  'content.update-rule': [(id) => ({ id, version: 1, name: 'x', kind: 'email' })],
  'alert-rules.create': [(id) => ({ name: `rule ${id}`, definition: definition(id) })],
  'alert-rules.preview': [(id) => ({ definition: definition(id) })],
  'alert-rules.update': [(id) => ({ id, definition: definition(id) })],
  'maintenance.update': [
    (id) => ({
      ...{ id, name: 'x', timeZone: 'UTC', matchers: [{ name: 'x', operator: '=', value: 'x' }] },
      when: { kind: 'once', startsAt: 4_000_000_000_000, endsAt: 4_000_003_600_000 },
    }),
  ],
};

/** Inputs of a verb with an id wherever one can stand; none where none can. */
export function inputsWithId(verb: Verb): InputFor[] {
  const sample = inputWithId(verb.input);
  return INPUTS[verb.name] ?? (sample ? [sample] : []);
}
