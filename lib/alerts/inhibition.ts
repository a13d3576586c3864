import { sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import type { LabelMatcher, Labels, Severity } from '#lib/model/alert.ts';
import type { Suppression } from '#lib/model/alert-finding.ts';
import { matchedLabels } from '#lib/model/label-matcher.ts';

/** A firing source keeps its targets quiet where the `equal` labels are equal. */
export interface InhibitionRule {
  id: string;
  name: string;
  sourceMatchers: readonly LabelMatcher[];
  isSource: (labels: Labels) => boolean;
  isTarget: (labels: Labels) => boolean;
  equal: readonly string[];
}

/** What inhibition looks at of an alert that fires. */
export interface Firing {
  id: string;
  labels: Labels;
  severity: Severity;
}

/** The values of the equal labels; a missing one is empty. */
const equalKey = (rule: InhibitionRule, labels: Labels): string =>
  JSON.stringify(rule.equal.map((name) => labels[name] ?? ''));

/**
 * Makes a test whether some source keeps an alert quiet (alerting S54). An alert on both sides is not inhibited
 * by others on both sides, and so never by itself.
 */
function inhibitor(rule: InhibitionRule, sources: readonly Firing[]): (labels: Labels) => boolean {
  const any = new Set<string>();
  const oneSided = new Set<string>();
  for (const source of sources) {
    const labels = matchedLabels(source);
    if (!rule.isSource(labels)) continue;
    const key = equalKey(rule, labels);
    any.add(key);
    if (!rule.isTarget(labels)) oneSided.add(key);
  }
  return (labels) => {
    if (!rule.isTarget(labels)) return false;
    return (rule.isSource(labels) ? oneSided : any).has(equalKey(rule, labels));
  };
}

/** Finds the rules that keep an alert quiet, given what fires. */
export function inhibitionOf(
  rules: readonly InhibitionRule[],
  firing: readonly Firing[],
): (labels: Labels) => Suppression[] {
  const tests = rules.map((rule) => ({ rule, inhibits: inhibitor(rule, firing) }));
  return (labels) =>
    tests
      .filter(({ inhibits }) => inhibits(labels))
      .map(({ rule: { id, name } }) => ({ kind: 'inhibition', id, name }));
}

function labelIs({ name, value }: LabelMatcher) {
  const own = sql`a.labels ->> ${name}`;
  return name === 'severity' ? sql`coalesce(${own}, a.severity) = ${value}` : sql`${own} = ${value}`;
}

/** Reads the team's firing alerts that may be sources; the patterns among the matchers are left to the test. */
export async function readSources(
  db: Reader,
  teamId: string,
  rules: readonly InhibitionRule[],
): Promise<Firing[]> {
  if (rules.length === 0) return [];
  const sides = rules.map(({ sourceMatchers }) => {
    const equalities = sourceMatchers.filter(({ operator, value }) => operator === '=' && value !== '');
    return sql`(${sql.join([sql`true`, ...equalities.map(labelIs)], sql` and `)})`;
  });
  const rows = await db.execute<{ id: string; labels: Labels; severity: Severity }>(sql`
    select a.id, a.labels, a.severity from alerts a
    where a.team_id = ${teamId}::uuid and a.status <> 'resolved' and (${sql.join(sides, sql` or `)})`);
  return [...rows];
}
