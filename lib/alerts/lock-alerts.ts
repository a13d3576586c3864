import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type OpenAlert, selectAlerts } from './open-alerts.ts';

/** Locks alerts of a team by their ids, always in the same order; those it doesn't have are left out. */
export async function lockAlerts(tx: Tx, teamId: string, ids: readonly string[]): Promise<OpenAlert[]> {
  return selectAlerts(
    tx,
    teamId,
    sql`a.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`,
  );
}

/**
 * Locks one alert.
 *
 * @throws AppError `not_found` for an alert that the team does not have
 */
export async function lockAlert(tx: Tx, teamId: string, id: string): Promise<OpenAlert> {
  const [alert] = await lockAlerts(tx, teamId, [id]);
  if (!alert) throw new AppError('not_found', 'There is no such alert.');
  return alert;
}
