'use client';

import { useEffect, useState } from 'react';
import { KeyTextFields } from '#components/alert-rules/key-text-fields.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField } from '#components/ui/field.tsx';
import type { TakingRoute } from '#lib/model/alert-route.ts';
import type { MatchingAlerts } from '#lib/model/mute.ts';

type Ask = BoundAction<{ labels: Record<string, string> }, { items: TakingRoute[] }>;

interface Pair {
  key: string;
  text: string;
}

const START: Pair[] = [
  { key: 'alertname', text: 'HighErrorRate' },
  { key: 'severity', text: 'critical' },
];
const QUIET_MS = 300;

const pairsOf = (labels: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(labels).map(([key, text]) => ({ key, text }));

interface RouteTesterProps {
  ask: Ask;
  open: MatchingAlerts['items'];
  /** Whom each route tells and pages, in words, by its id. */
  told: Readonly<Record<string, string>>;
}

/** Says which route takes an alert, and who is told: one that is open, or one with labels that somebody types. */
export function RouteTester({ ask, open, told }: RouteTesterProps) {
  const [pairs, setPairs] = useState(START);
  const labels = Object.fromEntries(
    pairs
      .filter(({ key, text }) => key.trim() !== '' && text !== '')
      .map(({ key, text }) => [key.trim(), text]),
  );
  const answer = useTaking(JSON.stringify(labels), ask);
  return (
    <Card label="Which route takes this alert?">
      <CardHeader title="Which route takes this alert?" />
      <div className="flex flex-col gap-4 px-4 pt-1 pb-4">
        {open.length > 0 && (
          <SelectField
            label="Take the labels of an open alert"
            value=""
            onChange={(event) => {
              const chosen = open.find(({ id }) => id === event.target.value);
              if (chosen) setPairs(pairsOf(chosen.labels));
            }}
          >
            <option value="">choose one</option>
            {open.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </SelectField>
        )}
        <KeyTextFields
          legend="Labels"
          hint="As the alert has them; severity counts as one."
          pairs={pairs}
          error={undefined}
          onChange={setPairs}
        />
        <div role="status" className="text-sm">
          {typeof answer === 'string' ? answer : <Taking items={answer} told={told} />}
        </div>
      </div>
    </Card>
  );
}

/** The routes that take it, or what there is to say instead. */
function useTaking(labels: string, ask: Ask): TakingRoute[] | string {
  const [answer, setAnswer] = useState<TakingRoute[] | string>('Looking …');
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(async () => {
      const result = await ask({ labels: JSON.parse(labels) });
      if (!isStale) setAnswer(result.ok ? result.data.items : result.error.message);
    }, QUIET_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [labels, ask]);
  return answer;
}

function Taking({ items, told }: { items: readonly TakingRoute[] } & Pick<RouteTesterProps, 'told'>) {
  return (
    <ol className="flex flex-col gap-1">
      {items.map(({ id, name, group }) => (
        <li key={id}>
          <span className="font-medium">{name}</span>{' '}
          <span className="text-xs text-muted">
            {Object.keys(group).length === 0
              ? 'in one group with all its alerts'
              : `in the group ${Object.entries(group)
                  .map(([key, value]) => `${key}=${value}`)
                  .join(', ')}`}
          </span>
          {told[id] !== undefined && <span className="block text-sm">{told[id]}</span>}
        </li>
      ))}
    </ol>
  );
}
