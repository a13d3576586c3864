import { openDb } from '#db/client.ts';
import type { CommandContext } from '#lib/command/context.ts';
import type { Config } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { provision } from '#lib/pipeline/provision.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';

/** Provisioning runs before the processes that would listen. */
const nobodyListens: EventBus = {
  kind: 'embedded',
  publish: async () => {},
  subscribe: async () => async () => {},
  onGap: () => {},
  close: async () => {},
};

/** What the start command prints after provisioning. */
export interface ProvisioningReport {
  done: string[];
  setupToken: string | null;
  /** Path of the setup page with the token; to be put behind the public address. */
  setupPath: string | null;
}

/** Provisions the installation that a configuration speaks of, then lets go of the database. */
export async function runProvisioning(config: Config): Promise<ProvisioningReport> {
  const handle = openDb(config.database.url, 2);
  const context: CommandContext = {
    db: handle.db,
    bus: nobodyListens,
    clock: systemClock,
    log: createLog('provisioning', config.app.logLevel),
    deps: {
      sealer: createSecretBox(config.secrets.key),
      sessions: config.sessions,
      agentLimits: { perUser: config.agents.perUser, perTeam: config.agents.perTeam },
    },
  };
  try {
    const { done, setupToken } = await provision(context, config.provisioning);
    return { done, setupToken, setupPath: setupToken === null ? null : `/setup?token=${setupToken}` };
  } finally {
    await handle.close();
  }
}
