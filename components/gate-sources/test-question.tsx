'use client';

import { useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import { Badge, type Tone } from '#components/ui/status.tsx';
import type { QueryTemplate, SourceAuthorization, SourceTest } from '#lib/model/gate-source.ts';
import type { ValueLabel } from './source-draft.ts';

export type TestValues = Record<ValueLabel, string>;

export type TestQuestion = BoundAction<
  {
    id?: string;
    url: string;
    authorization?: SourceAuthorization | null;
    template: QueryTemplate;
    values: TestValues;
  },
  SourceTest
>;

const LABELS: Record<ValueLabel, { label: string; placeholder: string }> = {
  agent: { label: 'Agent', placeholder: 'planner' },
  environment: { label: 'Environment', placeholder: 'production' },
  namespace: { label: 'Namespace of the service', placeholder: 'shop' },
  version: { label: 'New version', placeholder: '1.5.0' },
  baseline: { label: 'Old version', placeholder: '1.4.0' },
};

/** What stands in for the labels while questions are tried. */
export function TestValueFields(props: {
  labels: readonly ValueLabel[];
  values: TestValues;
  onChange: (values: TestValues) => void;
}) {
  const { labels, values, onChange } = props;
  if (labels.length === 0) return null;
  return (
    <Card label="For a try">
      <CardHeader title="For a try" hint="not saved: a gate fills them in itself" />
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-3">
        {labels.map((label) => (
          <TextField
            key={label}
            {...LABELS[label]}
            maxLength={255}
            value={values[label]}
            onChange={({ target }) => onChange({ ...values, [label]: target.value })}
          />
        ))}
      </div>
    </Card>
  );
}

/** How an answer is called, and how bad it is. */
const STATES: Record<SourceTest['state'], { word: string; tone: Tone }> = {
  pass: { word: 'Passes', tone: 'ok' },
  fail: { word: 'Does not pass', tone: 'warning' },
  no_data: { word: 'No data', tone: 'unknown' },
  error: { word: 'Error', tone: 'critical' },
};

/** Asks a question as it is written, and keeps the answer until it is asked again. */
export function useTry(ask: () => ReturnType<TestQuestion>) {
  const [asked, setAsked] = useState<{ answer: SourceTest } | { failure: ShownFailure } | null>(null);
  const [pending, setPending] = useState(false);
  const go = async () => {
    setPending(true);
    const result = await ask();
    setAsked(result.ok ? { answer: result.data } : { failure: result.error });
    setPending(false);
  };
  return { asked, pending, go };
}

/** What came of a try: a value against its bound, or why there is none. */
export function TryOutcome({ asked, passes }: { asked: ReturnType<typeof useTry>['asked']; passes: string }) {
  if (asked === null) return null;
  if ('failure' in asked) {
    const [issue] = asked.failure.issues;
    return (
      <p role="alert" className="text-sm text-critical-text wrap-anywhere">
        {issue?.message ?? asked.failure.message}
      </p>
    );
  }
  const { state, worst, points, reason, query } = asked.answer;
  const { word, tone } = STATES[state];
  return (
    <div role="status" className="flex flex-col gap-1 text-sm">
      <p className="flex flex-wrap items-center gap-2 wrap-anywhere">
        <Badge tone={tone}>{word}</Badge>
        {worst === null
          ? reason
          : `${worst}, wanted ${passes}${points > 1 ? `; the worst of ${points} points` : ''}`}
      </p>
      <code className="font-mono text-xs text-muted wrap-anywhere">{query}</code>
    </div>
  );
}
