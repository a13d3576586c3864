import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { limitAlert, limitFindings } from '#lib/alerts/integrations/limit-findings.ts';
import type { Integration } from '#lib/alerts/integrations/queries.ts';
import { type RefusedAlert, readPostedAlerts } from '#lib/alerts/integrations/read-posted-alerts.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { type Applied, applyFindings } from './apply-findings.ts';

/** What a sender is told of its batch. */
export interface Received {
  stored: number;
  refused: RefusedAlert[];
  /** Above the limit, by alertname. */
  limited: Map<string, number>;
}

type Limits = { resolve_timeout_ms: number; max_per_alertname: number };

/** Locks the sender: its batches take turns, as it sends them. */
async function lockSender(tx: Tx, id: string, at: Date): Promise<Limits | undefined> {
  const [row] = await tx.execute<Limits>(sql`
    update alert_integrations set last_received_at = ${at.toISOString()}::timestamptz
    where id = ${id}::uuid and revoked_at is null
    returning resolve_timeout_ms, max_per_alertname`);
  return row;
}

/** Links alerts to the agent that their labels name, where the team has exactly one of that name. */
async function linkAgents(tx: Tx, teamId: string, findings: readonly Finding[]): Promise<Finding[]> {
  const names = new Set(findings.flatMap(({ labels }) => labels.agent ?? labels.agent_name ?? []));
  if (names.size === 0) return [...findings];
  const rows = await tx.execute<{ name: string; id: string }>(sql`
    select name, min(id::text)::uuid as id from agents
    where team_id = ${teamId}::uuid and deleted_at is null
      and name in (select value from jsonb_array_elements_text(${JSON.stringify([...names])}::text::jsonb))
    group by name having count(*) = 1`);
  const ids = new Map(rows.map(({ name, id }) => [name, id]));
  return findings.map((finding) => {
    const name = finding.labels.agent ?? finding.labels.agent_name;
    return { ...finding, agentId: name === undefined ? null : (ids.get(name) ?? null) };
  });
}

async function store(
  tx: Tx,
  sender: Integration,
  batch: readonly unknown[],
): Promise<Received & { applied: Applied | null }> {
  const at = await databaseNow(tx);
  const limits = await lockSender(tx, sender.id, at);
  if (!limits) return { stored: 0, refused: [], limited: new Map(), applied: null };
  const { resolve_timeout_ms: resolveTimeoutMs, max_per_alertname: max } = limits;
  const by = { integrationId: sender.id, resolveTimeoutMs, at };
  const { findings, refused } = readPostedAlerts(batch, by);
  const { kept, refused: limited } = await limitFindings(tx, sender, findings, max);
  const linked = await linkAgents(tx, sender.teamId, kept);
  const warnings = [...limited.keys()].map((name) => limitAlert(sender, name, max, at));
  const applied = await applyFindings(tx, sender.teamId, [...linked, ...warnings], at);
  return { stored: kept.length, refused, limited, applied };
}

/**
 * Takes a batch of the Alertmanager API from a sender. When this answers, what is valid of it is stored for good
 * (alerting S60, S66).
 */
export async function receiveAlerts(
  { db, bus }: { db: Db; bus: Pick<EventBus, 'publish'> },
  sender: Integration,
  batch: readonly unknown[],
): Promise<Received> {
  const { applied, ...received } = await db.transaction((tx) => store(tx, sender, batch));
  applied?.afterCommit(bus);
  return received;
}
