import type { CommandContext } from '#lib/command/context.ts';
import type { Config } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createLog } from '#lib/kernel/log.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

/** Nothing that a command of the host does is announced. */
const silentBus: EventBus = {
  kind: 'embedded',
  publish: async () => {},
  subscribe: async () => async () => {},
  onGap: () => {},
  close: async () => {},
};

function noSecrets(): never {
  throw new AppError('internal', 'Commands of the host seal no secrets.');
}

/** What commands work with that the start or an operator runs on the host: they announce, mail and seal nothing. */
export function hostContext(
  { sessions, agents }: Pick<Config, 'sessions' | 'agents'>,
  db: CommandContext['db'],
): CommandContext {
  return {
    db,
    bus: silentBus,
    clock: systemClock,
    log: createLog('host', 'error'),
    deps: {
      sealer: { seal: noSecrets, open: noSecrets },
      sessions,
      agentLimits: agents,
      outbound: { ranges: [], ports: [] },
      appUrl: '',
    },
  };
}
