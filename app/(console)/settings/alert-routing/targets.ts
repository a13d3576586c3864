import { formatPlural } from '#lib/model/format.ts';
import { listChannels } from '#lib/notifications/channels/queries.ts';
import { listPolicies } from '#lib/on-call/policy-queries.ts';
import { read } from '#lib/web/session.ts';

interface Target {
  id: string;
  label: string;
}

/** Where routes can lead: channels and escalation policies of the team, with what tells them apart. */
export async function routeTargets(): Promise<{ channels: Target[]; policies: Target[] }> {
  const [channels, policies] = await Promise.all([read(listChannels, {}), read(listPolicies, {})]);
  return {
    channels: channels.items.map(({ id, name, kind, status }) => ({
      id,
      label: `${name} (${kind}${status === 'broken' ? ', broken' : ''})`,
    })),
    policies: policies.map(({ id, name, steps }) => ({
      id,
      label: `${name} (${formatPlural(steps.length, 'step')})`,
    })),
  };
}
