import type { Db } from '#db/client.ts';
import type { Config } from '#lib/config/config.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { InstallationSettings } from '#lib/model/installation-settings.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { SecretBox } from '#lib/secrets/secret-box.ts';
import { createSettingsReader } from '#lib/settings/settings-reader.ts';

type Base = Pick<Config, 'features' | 'limits' | 'ingest' | 'smtp'>;

/** What the environment says of the settings that admins change while it runs. */
export function environmentSettings({ features, limits, ingest, smtp }: Base): InstallationSettings {
  return {
    features,
    rateLimits: { ...limits, otlpPointsPerSecond: ingest.pointsPerSecond },
    mailServer: smtp,
  };
}

/** The settings of the installation for one process. */
export function makeSettings(
  config: Base,
  parts: { db: Db; bus: EventBus; clock: Clock; log: Log; sealer: SecretBox },
) {
  return createSettingsReader({ ...parts, environment: environmentSettings(config) });
}
