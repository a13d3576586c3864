import type { AckOutcome } from '#components/push/outbox.ts';
import type { Tone } from '#components/ui/status.tsx';
import { formatCount, formatPlural } from '#lib/model/format.ts';
import type { BulkAct, BulkAnswer } from './ask.ts';

interface Words {
  tone: Tone;
  text: string;
}

const PAST = { acknowledge: 'acknowledged', resolve: 'resolved', snooze: 'snoozed' } as const;

/** What became of many alerts: what was done stays done where a later part failed. */
export function bulkWords({ changed, left, failure }: BulkAnswer, action: BulkAct['action']): Words {
  const done = `${formatPlural(changed, 'alert')} ${PAST[action]}`;
  if (failure === null) return { tone: 'ok', text: `${done}.` };
  // An answer that was lost says nothing of what was done.
  const isKnown = failure.status !== null;
  const rest =
    changed === 0
      ? isKnown
        ? 'Nothing was changed.'
        : `What became of ${formatPlural(left, 'alert')} is not known.`
      : isKnown
        ? `${done}; the other ${formatCount(left)} are as they were.`
        : `${done}; what became of the other ${formatCount(left)} is not known.`;
  return { tone: 'critical', text: `${failure.message} ${rest}` };
}

/** The outcomes that are no success, the worst first. */
const FAILURES = [
  ['refused', 'The server refused the acknowledgement.'],
  ['someone-else', 'Not acknowledged: somebody else is signed in here now. Load the page again.'],
  [
    'unkept',
    'Not yet acknowledged: there is no connection, and this browser keeps nothing. Leave this page open: it is sent as soon as there is one.',
  ],
  ['later', 'Not yet acknowledged: there is no connection. It is sent as soon as there is one.'],
] as const satisfies readonly (readonly [AckOutcome, string])[];

/**
 * What a person is told of their taps, one or many; null where all went well, which the page shows itself, and where they
 * are led to sign in.
 *
 * @param counts how many alerts each outcome is about
 */
export function ackWords(counts: ReadonlyMap<AckOutcome, number>): Words | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const failed = FAILURES.flatMap(([outcome, words]) => {
    const count = counts.get(outcome) ?? 0;
    if (count === 0) return [];
    return [{ outcome, text: count === total ? words : `${formatPlural(count, 'alert')}: ${words}` }];
  });
  const [worst] = failed;
  if (!worst) return null;
  const done = counts.get('acknowledged') ?? 0;
  const isWaiting = worst.outcome === 'later' || worst.outcome === 'unkept';
  const refusedAll = worst.outcome === 'refused' && done === 0 && failed.length === 1;
  const rest =
    done > 0 ? [`${formatPlural(done, 'alert')} acknowledged.`] : refusedAll ? ['Nothing was changed.'] : [];
  return {
    tone: isWaiting ? 'warning' : 'critical',
    text: [...failed.map(({ text }) => text), ...rest].join(' '),
  };
}
