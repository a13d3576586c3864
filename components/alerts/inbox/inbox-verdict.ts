import { countToAnswer } from '#lib/model/alert.ts';
import type { AlertCounts, AlertRow } from '#lib/model/alert-view.ts';
import { formatDuration, formatPlural } from '#lib/model/format.ts';

/** What the inbox comes to, in words. */
export interface InboxVerdict {
  line: string;
  detail: string;
}

/** Nobody has it, nothing keeps it quiet, and it is not back to normal. */
export const needsSomebody = ({
  status,
  suppressedBy,
  recovering,
}: Pick<AlertRow, 'status' | 'suppressedBy' | 'recovering'>): boolean =>
  status === 'active' && suppressedBy.length === 0 && recovering === null;

const verb = (count: number, one: string, many: string) => (count === 1 ? one : many);

function acknowledgedWords({ acknowledged }: AlertCounts): string {
  if (acknowledged === 0) return '';
  return `${formatPlural(acknowledged, 'alert')} ${verb(acknowledged, 'is', 'are')} acknowledged.`;
}

/** How long something lasts, in seconds that are over; the first counts as one. */
const wholeSeconds = (ms: number): number => Math.max(1, Math.floor(ms / 1000)) * 1000;

/**
 * The conclusion of the inbox: what needs somebody now, by name, and what is in hand.
 *
 * @param first the most urgent active alert, where one is known
 */
export function verdictOfInbox(
  counts: AlertCounts,
  first: Pick<AlertRow, 'title' | 'startsAt'> | null,
  nowMs: number,
): InboxVerdict {
  const heard = countToAnswer(counts);
  const quiet =
    counts.suppressed === 0
      ? ''
      : `${formatPlural(counts.suppressed, 'active alert')} ${verb(counts.suppressed, 'is', 'are')} kept quiet.`;
  const recovering =
    counts.recovering === 0
      ? ''
      : `${formatPlural(counts.recovering, 'alert')} ${verb(counts.recovering, 'is', 'are')} back to normal and kept open for a while.`;
  const inHand = [acknowledgedWords(counts), recovering, quiet].filter(Boolean).join(' ');
  if (heard === 0) return { line: 'Nothing needs you now', detail: inHand || 'No alert is open.' };
  const critical = counts.bySeverity.critical;
  const line = `${formatPlural(heard, 'alert')} ${verb(heard, 'needs', 'need')} somebody${
    critical > 0 ? `, ${critical} critical` : ''
  }`;
  const named =
    first === null ? '' : `${first.title}, for ${formatDuration(wholeSeconds(nowMs - first.startsAt))}.`;
  return { line, detail: [named, inHand].filter(Boolean).join(' ') };
}
