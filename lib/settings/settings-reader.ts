import { inArray } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { installationSettings } from '#db/schema/sign-in.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Stoppable } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, controlEventSchema } from '#lib/model/event.ts';
import type { InstallationSettings } from '#lib/model/installation-settings.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { SECTIONS, withSection } from './sections.ts';

export interface SettingsReader extends Stoppable {
  /** Settings no older than 5 s; while the database does not answer, those that were known last. */
  current(): InstallationSettings | Promise<InstallationSettings>;
  /** Those that were known last, at once: for a check that cannot wait, after somebody asked for `current`. */
  latest(): InstallationSettings;
}

export interface SettingsReaderParts {
  db: Db;
  sealer: Pick<Sealer, 'open'>;
  clock: Clock;
  bus: Pick<EventBus, 'subscribe' | 'onGap'>;
  log: Log;
  /** What the environment says. */
  environment: InstallationSettings;
}

/** Below the 5 s in which a change must take hold even if its event is lost. */
const FRESH_MS = 4000;
/** How long the last known settings stand in for a database that does not answer, and how long it may take. */
const RETRY_MS = 1000;
const PATIENCE_MS = 1000;

/** Reads every section; one that can't be read leaves the environment's values and a line in the log. */
async function readSettings({ db, sealer, log, environment }: SettingsReaderParts) {
  const rows = await db
    .select({ section: installationSettings.section, value: installationSettings.value })
    .from(installationSettings)
    .where(inArray(installationSettings.section, [...SECTIONS]));
  let settings = environment;
  for (const section of SECTIONS) {
    const row = rows.find((candidate) => candidate.section === section);
    if (!row) continue;
    try {
      settings = withSection(settings, section, row.value, sealer.open);
    } catch (error) {
      log.error({ err: error, section }, 'stored settings could not be read: the environment counts');
    }
  }
  return settings;
}

function isChange(payload: string): boolean {
  try {
    return controlEventSchema.safeParse(JSON.parse(payload)).data?.type === 'settings.changed';
  } catch {
    return false;
  }
}

/**
 * The settings of the installation for one process. They are asked for when somebody needs them, at most every
 * 4 s, and at once after a change was announced; an idle process asks nothing.
 */
export async function createSettingsReader(parts: SettingsReaderParts): Promise<SettingsReader> {
  const { clock, bus, log } = parts;
  let known = parts.environment;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let epoch = 0;
  let loading: Promise<InstallationSettings> | null = null;

  /** Takes an answer, unless a change was announced after it was asked for. */
  async function load(): Promise<InstallationSettings> {
    const asked = { epoch, atMs: clock.now() };
    try {
      const settings = await readSettings(parts);
      if (asked.epoch === epoch) {
        known = settings;
        freshUntilMs = asked.atMs + FRESH_MS;
      }
      return settings;
    } catch (error) {
      log.warn({ err: error }, 'the settings could not be read: those known last count');
      freshUntilMs = clock.now() + RETRY_MS;
      return known;
    }
  }

  /** A database that hangs holds nobody longer than a moment. */
  function bounded(work: Promise<InstallationSettings>): Promise<InstallationSettings> {
    const { promise, resolve } = Promise.withResolvers<InstallationSettings>();
    const timer = setTimeout(() => {
      freshUntilMs = clock.now() + RETRY_MS;
      resolve(known);
    }, PATIENCE_MS);
    void work.then(resolve).finally(() => clearTimeout(timer));
    return promise;
  }

  function refresh(): Promise<InstallationSettings> {
    const mine = bounded(load()).finally(() => {
      if (loading === mine) loading = null;
    });
    loading = mine;
    return mine;
  }

  function forget(): void {
    epoch += 1;
    freshUntilMs = Number.NEGATIVE_INFINITY;
    loading = null;
  }

  // Without the bus a change takes its 4 s; that is no reason not to start.
  const unsubscribe = await bus
    .subscribe(channels.control, (payload) => {
      if (isChange(payload)) forget();
    })
    .catch((error: unknown) => {
      log.warn({ err: error }, 'changes of the settings are not announced to this process');
      return async () => {};
    });
  bus.onGap(forget);
  return {
    name: 'installation settings',
    current: () => (freshUntilMs > clock.now() ? known : (loading ?? refresh())),
    latest: () => known,
    stop: unsubscribe,
  };
}
