import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Severity } from '#lib/model/alert.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { importanceOf, readPersonalRules } from './personal-rules.ts';

/** People who are to be told of an alert now, by their personal rules. */
export interface PageRequest {
  teamId: string;
  alertId: string;
  severity: Severity;
  userIds: readonly string[];
  /** Unlike for every other reason to page the same people of the same alert. */
  cause: string;
}

const MINUTE_MS = 60_000;

/**
 * Makes the pages of people: one for each of their rules, due after its delay. The same cause pages a person
 * once. Wake the queue `escalations` after the commit.
 */
export async function pagePeople(tx: Tx, requests: readonly PageRequest[], at: Date): Promise<void> {
  const rules = await readPersonalRules(tx, [...new Set(requests.flatMap(({ userIds }) => userIds))]);
  const rows = requests.flatMap(({ teamId, alertId, severity, userIds, cause }) =>
    userIds.flatMap((userId) =>
      (rules.get(userId)?.[importanceOf(severity)] ?? []).map((rule) => ({
        id: uuidv7(),
        team_id: teamId,
        alert_id: alertId,
        user_id: userId,
        cause,
        contact_method_id: rule.contactMethodId,
        due_at: new Date(at.getTime() + rule.delayMinutes * MINUTE_MS),
      })),
    ),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into pages (id, team_id, alert_id, user_id, cause, contact_method_id, due_at, created_at)
    select r.*, ${at.toISOString()}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(id uuid, team_id uuid, alert_id uuid, user_id uuid, cause text, contact_method_id uuid, due_at timestamptz)
    on conflict (alert_id, user_id, cause, contact_method_id, due_at) do nothing`);
}
