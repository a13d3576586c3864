import type { TargetChoice } from '#components/on-call/policy-form.tsx';
import { unableReason } from '#components/on-call/unable-words.ts';
import { listChannels } from '#lib/notifications/channels/queries.ts';
import { listOnCallPeople, whoIsOnCall } from '#lib/on-call/queries.ts';
import { read } from '#lib/web/session.ts';

/** Whom a step of an escalation policy can tell: schedules first, then people and channels. */
export async function readTargets(): Promise<TargetChoice[]> {
  const [{ schedules }, people, channels] = await Promise.all([
    read(whoIsOnCall, {}),
    read(listOnCallPeople, {}),
    read(listChannels, {}),
  ]);
  return [
    ...schedules.map(({ id, name }) => ({ kind: 'schedule' as const, id, label: `On call: ${name}` })),
    ...people.map((person) => ({
      ...{ kind: 'user' as const, id: person.id, label: person.name },
      warning: unableReason(person),
    })),
    ...channels.items.map(({ id, name }) => ({ kind: 'channel' as const, id, label: `Channel: ${name}` })),
  ];
}
