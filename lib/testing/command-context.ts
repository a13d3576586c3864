import { randomBytes } from 'node:crypto';
import type { Origin, UserActor } from '#lib/access/actor.ts';
import { effectivePermissions, type Role } from '#lib/access/permissions.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { FEATURE_FLAGS, type FeatureFlags } from '#lib/model/installation-settings.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { LOOPBACK } from './outbound-policy.ts';
import type { World } from './world.ts';

export const testOrigin: Origin = { ip: '192.0.2.7', userAgent: 'vitest', requestId: 'test' };

/** Every feature switched on. */
export const everyFeature = (): FeatureFlags =>
  Object.fromEntries(FEATURE_FLAGS.map((flag) => [flag, true])) as FeatureFlags;

/** Of the identity provider that the environment names. */
export const ENVIRONMENT_ISSUER = 'https://sso.example.test';

/** A signed-in person with a role in a team, as the session would make it. */
export function userActor(teamId: string, role: Role, values: Partial<UserActor> = {}): UserActor {
  const email = `${role}@example.test`;
  const ids = { userId: uuidv7(), sessionId: uuidv7() };
  return {
    kind: 'user',
    ...ids,
    email,
    name: role,
    teamId,
    role,
    permissions: effectivePermissions([{ id: role, permissions: [] }], []),
    signedInAtMs: Date.now(),
    origin: testOrigin,
    ...values,
  };
}

/** A bus inside this process that also keeps what was published. */
export function recordingBus(published: [channel: string, payload: string][] = []): EventBus {
  const handlers = new Map<string, Set<(payload: string, channel: string) => void>>();
  return {
    kind: 'embedded',
    async publish(channel, payload) {
      published.push([channel, payload]);
      const matching = [...handlers].filter(([pattern]) =>
        pattern.endsWith('*') ? channel.startsWith(pattern.slice(0, -1)) : channel === pattern,
      );
      for (const [, set] of matching) for (const handler of set) handler(payload, channel);
    },
    async subscribe(pattern, handler) {
      const set = handlers.get(pattern) ?? new Set();
      handlers.set(pattern, set.add(handler));
      return async () => void set.delete(handler);
    },
    onGap: () => {},
    close: async () => {},
  };
}

/** What commands need, on a world's database, with the events they announced in `published`. */
export function commandContext(
  { db }: Pick<World, 'db'>,
  values: Partial<CommandContext> = {},
): CommandContext & { published: [channel: string, payload: string][] } {
  const published: [string, string][] = [];
  const mask = randomBytes(8).toString('hex');
  return {
    db,
    bus: recordingBus(published),
    clock: systemClock,
    log: createLog('test', 'silent'),
    deps: {
      sealer: { seal: (plain) => `${mask}${plain}`, open: (sealed) => sealed.slice(mask.length) },
      sessions: { idleMs: 12 * 3_600_000, maxMs: 14 * 86_400_000 },
      agentLimits: { perUser: 10, perTeam: 2000 },
      outbound: LOOPBACK,
      appUrl: 'https://pitwall.example.test',
      environmentIssuer: ENVIRONMENT_ISSUER,
      sendsMail: async () => true,
    },
    ...values,
    published,
  };
}
