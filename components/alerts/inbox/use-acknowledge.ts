'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { type AckOutcome, acknowledgeThroughOutbox, replayOutbox } from '#components/push/outbox.ts';
import { usePersonId } from '#components/push/person.tsx';
import { type SecondAnswer, settledWords } from '#components/push/settled-words.ts';
import { keptAcknowledgements } from '#components/push/tap-store.ts';
import { toast } from '#components/ui/toast.tsx';
import type { AlertRow } from '#lib/model/alert-view.ts';
import { paths, withQuery } from '#lib/model/paths.ts';
import { type AckMarks, type AckState, ackStateOf, markAlerts } from './ack-marks.ts';
import { ackWords } from './bulk-words.ts';

/** An alert that is acknowledged here: what is said of its version and older ones. */
type Acknowledgeable = Pick<AlertRow, 'id' | 'title' | 'version'>;
type AckStateOf = (alert: Parameters<typeof ackStateOf>[1]) => AckState | null;

const NONE: AckMarks = new Map();

/** What the worker tells pages about an acknowledgement that it sent; `second` of one that was tapped in a page. */
interface SentByWorker {
  alertId: string;
  personId: string;
  outcome: AckOutcome;
  second?: SecondAnswer;
}

function outcomeOf(data: unknown): SentByWorker | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'acknowledgement')
    return null;
  return data as unknown as SentByWorker;
}

const STATES = {
  acknowledged: 'done',
  later: 'waiting',
  unkept: 'waiting',
  refused: null,
  'signed-out': null,
  'someone-else': null,
} as const satisfies Record<AckOutcome, AckState | null>;

const tellSecond = (answer: SecondAnswer) =>
  toast({ tone: 'warning', text: settledWords(answer, Date.now()) });

/** Marks of alerts on their way. */
function useMarks() {
  const [marks, setMarks] = useState(NONE);
  const mark = useCallback(
    (ids: readonly string[], state: AckState | null, version?: number) =>
      setMarks((before) => markAlerts(before, ids, state, version)),
    [],
  );
  const stateOf = useCallback<AckStateOf>((alert) => ackStateOf(marks, alert), [marks]);
  return { mark, stateOf };
}

/**
 * One-tap acknowledgement: sent through the outbox and shown as not yet acknowledged until the server has
 * confirmed it (alerting S100).
 *
 * @param confirmed called when the server has acknowledged something: what is shown is to be read again
 */
export function useAcknowledge(confirmed: () => void): {
  stateOf: AckStateOf;
  acknowledge: (alerts: readonly Acknowledgeable[]) => void;
} {
  const { mark, stateOf } = useMarks();
  const router = useRouter();
  const personId = usePersonId();
  const settle = useCallback(
    (ids: readonly string[], outcome: AckOutcome) => {
      mark(ids, STATES[outcome]);
      if (outcome === 'acknowledged') confirmed();
      if (outcome === 'signed-out') {
        const back = ids[0] === undefined || ids.length > 1 ? paths.alerts() : paths.alert(ids[0]);
        router.push(withQuery(paths.signIn(), { callbackUrl: back }));
      }
    },
    [mark, confirmed, router],
  );

  useEffect(() => {
    const replay = () => void replayOutbox(personId, { settled: settle, second: tellSecond });
    const onMessage = (event: MessageEvent) => {
      const told = outcomeOf(event.data);
      if (told?.personId !== personId) return;
      settle([told.alertId], told.outcome);
      if (told.second) tellSecond(told.second);
    };
    void keptAcknowledgements(personId).then((kept) => {
      mark(
        kept.map(({ alertId }) => alertId),
        'waiting',
      );
      replay();
    });
    window.addEventListener('online', replay);
    navigator.serviceWorker?.addEventListener('message', onMessage);
    return () => {
      window.removeEventListener('online', replay);
      navigator.serviceWorker?.removeEventListener('message', onMessage);
    };
  }, [mark, settle, personId]);

  const acknowledge = useCallback(
    (alerts: readonly Acknowledgeable[]) => {
      for (const { id, version } of alerts) mark([id], 'sending', version);
      const entries = alerts.map(({ id, title }) => ({
        alertId: id,
        via: 'web' as const,
        title,
        personId,
        at: Date.now(),
      }));
      const counts = new Map<AckOutcome, number>();
      const settled = (ids: readonly string[], outcome: AckOutcome) => {
        settle(ids, outcome);
        counts.set(outcome, (counts.get(outcome) ?? 0) + ids.length);
      };
      void acknowledgeThroughOutbox(entries, { settled, second: tellSecond }).then(() => {
        const words = ackWords(counts);
        if (words) toast(words);
      });
    },
    [mark, settle, personId],
  );
  return { stateOf, acknowledge };
}
