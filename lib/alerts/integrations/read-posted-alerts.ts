import { z } from 'zod';
import type { Labels, Severity } from '#lib/model/alert.ts';
import { canonicalLabels, type Finding, fingerprintOf } from '#lib/model/alert-finding.ts';
import { cutText } from '#lib/model/cut-text.ts';
import { toStorable } from '#lib/model/storable-text.ts';

const MOST_LABELS = 128;
const LONGEST_NAME = 1024;
const LONGEST_VALUE = 16_384;

/** Go writes the time that was never set so. */
const isUnset = (text: string | undefined): boolean =>
  text === undefined || text === '' || text.startsWith('0001-01-01T');

/** Whether a time has a year that RFC 3339 and the database can write. */
const isWritable = (at: Date): boolean =>
  !Number.isNaN(at.getTime()) && /^(?!0000)\d{4}-/.test(at.toISOString());

const moment = z
  .string()
  .optional()
  .transform((text, context): Date | null => {
    if (isUnset(text)) return null;
    const at = new Date(text ?? '');
    if (isWritable(at)) return at;
    context.addIssue({ code: 'custom', message: 'is no time of RFC 3339' });
    return z.NEVER;
  });

/** Text is cleaned, not refused: an alert with an odd character is an alert all the same. */
const words = (longest: number) => z.string().max(longest).transform(toStorable);
const wordsByName = z.record(words(LONGEST_NAME), words(LONGEST_VALUE));
const postedAlert = z.object({
  labels: wordsByName
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `has more than ${MOST_LABELS} labels`)
    .refine((labels) => !Object.hasOwn(labels, ''), 'has a label without a name'),
  annotations: wordsByName.nullish(),
  startsAt: moment,
  endsAt: moment,
  generatorURL: words(LONGEST_VALUE).nullish(),
});

const SEVERITY_WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  page: 'critical',
  emergency: 'critical',
  fatal: 'critical',
  error: 'error',
  high: 'error',
  major: 'error',
  info: 'info',
  information: 'info',
  none: 'info',
  low: 'info',
};

/** Our word for what senders call severity; an unknown one is a warning. */
function severityOf(word: string | undefined): Severity {
  return SEVERITY_WORDS[word?.toLowerCase() ?? ''] ?? 'warning';
}

/** One alert that can't be taken, by its place in the batch. */
export interface RefusedAlert {
  index: number;
  message: string;
}

/** Who sent a batch, and when we got it. */
interface PostedBy {
  integrationId: string;
  resolveTimeoutMs: number;
  at: Date;
}

type Posted = z.output<typeof postedAlert>;

/**
 * Start and end as Alertmanager completes them (alerting S61). What fires when it is received has begun by then, whatever
 * the clock of its sender says: it counts from its receipt.
 */
function timesOf({ startsAt, endsAt }: Posted, { at, resolveTimeoutMs }: PostedBy) {
  return {
    startsAt: startsAt ?? endsAt ?? at,
    endsAt: endsAt ?? new Date(at.getTime() + resolveTimeoutMs),
    endsByTimeout: endsAt === null,
  };
}

const LONGEST_TITLE = 120;

/** The title of an alert that names itself by nothing but its labels; what its severity says is shown beside it. */
function labelWords(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== 'severity');
  return cutText(pairs.map(([name, value]) => `${name}: ${value}`).join(', '), LONGEST_TITLE) || 'Alert';
}

function findingOf(posted: Posted, by: PostedBy): Finding | string {
  const labels = canonicalLabels(posted.labels);
  if (Object.keys(labels).length === 0) return 'at least one label with a value is needed';
  const said = timesOf(posted, by);
  if (said.endsAt < said.startsAt) return 'the end is before the start';
  const startsAt = new Date(Math.min(said.startsAt.getTime(), by.at.getTime()));
  const times = { ...said, startsAt };
  const annotations = posted.annotations ?? {};
  const value = Number.parseFloat(annotations.value ?? '');
  return {
    source: 'integration',
    sourceId: by.integrationId,
    labels,
    fingerprint: fingerprintOf(labels),
    annotations,
    agentId: null,
    severity: severityOf(labels.severity),
    title: annotations.summary || annotations.title || labels.alertname || labelWords(labels),
    message: annotations.description || annotations.message || '',
    value: Number.isFinite(value) ? value : null,
    generatorUrl: posted.generatorURL || null,
    runbookUrl: annotations.runbook_url || null,
    firing: times.endsAt > by.at,
    ...times,
    reason: times.endsAt > by.at ? 'reported by its sender' : 'ended',
  };
}

/**
 * Reads a batch of the Alertmanager API. What is wrong with one alert never blocks the others
 * (alerting S66, S67).
 */
export function readPostedAlerts(
  batch: readonly unknown[],
  by: PostedBy,
): { findings: Finding[]; refused: RefusedAlert[] } {
  const findings: Finding[] = [];
  const refused: RefusedAlert[] = [];
  batch.forEach((raw, index) => {
    const parsed = postedAlert.safeParse(raw);
    const read = parsed.success
      ? findingOf(parsed.data, by)
      : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    if (typeof read === 'string') refused.push({ index, message: read });
    else findings.push(read);
  });
  return { findings, refused };
}
