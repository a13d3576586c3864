import type pg from 'pg';
import type { Stoppable } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, teamEventSchema } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

export interface DeletionsParts {
  bus: Pick<EventBus, 'subscribe' | 'onGap'>;
  pool: pg.Pool;
  log: Log;
  /** Forgets what is remembered of a team, so that it is asked for anew; null stands for all teams. */
  forget(teamId: string | null): void;
}

/** The database is asked this often, for the case that an event was never sent. */
const LOOK_EVERY_MS = 30_000;
/** How far each look goes back: over the one before it, and over what took long to commit. */
const LOOK_BACK = '90 seconds';

/**
 * Forgets the agents of a team when one was deleted: if it sends again it is a new one, and what came under its old
 * id would be hidden. Heard on the bus; after lost messages everything is asked for anew.
 */
export async function followDeletions(
  { bus, pool, log, forget }: DeletionsParts,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<Stoppable> {
  bus.onGap(() => forget(null));
  const unsubscribe = await bus.subscribe(channels.events('*'), (payload, channel) => {
    if (isDeletion(payload)) forget(channel.slice(channels.events('').length));
  });

  async function look(): Promise<void> {
    try {
      const found = await pool.query<{ team_id: string }>(
        `select distinct team_id from agents where deleted_at > now() - interval '${LOOK_BACK}'`,
      );
      for (const row of found.rows) forget(row.team_id);
    } catch (error) {
      log.warn({ err: error }, 'deleted agents could not be looked up');
    }
  }

  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEveryMs).unref();
  return {
    name: 'deleted agents',
    async stop() {
      clearInterval(timer);
      await looking;
      await unsubscribe();
    },
  };
}

function isDeletion(payload: string): boolean {
  try {
    return teamEventSchema.safeParse(JSON.parse(payload)).data?.type === 'agent.deleted';
  } catch {
    return false;
  }
}
