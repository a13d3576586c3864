'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { TextField } from '#components/ui/field.tsx';
import type { Answering } from './alert-acts.tsx';

/** Of what worth the alert was; the statistics add it up. A second tap takes it back. */
export function Feedback({ alert, acts, refusals }: Answering) {
  const { feedback, feedbackReason } = alert;
  const [reason, setReason] = useState(feedbackReason ?? '');
  const say = (value: 'useful' | 'noise') =>
    acts.act({ act: 'feedback', body: { feedback: feedback === value ? null : value } });
  const explain = (event: FormEvent) => {
    event.preventDefault();
    void acts.act({ act: 'feedback', body: { feedback: 'noise', reason } }, 'Noted.');
  };
  return (
    <Card label="Feedback">
      <CardHeader title="Was it worth waking somebody?" />
      <div className="flex flex-col gap-3 px-4 pb-3">
        <div className="flex gap-2">
          {(['useful', 'noise'] as const).map((value) => (
            <Button
              key={value}
              aria-pressed={feedback === value}
              disabledReason={refusals.comment}
              variant={feedback === value ? 'primary' : 'secondary'}
              className="flex-1"
              onClick={() => void say(value)}
            >
              {value === 'useful' ? 'Useful' : 'Noise'}
            </Button>
          ))}
        </div>
        {feedback === 'noise' && refusals.comment === null && (
          <form onSubmit={explain} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              <TextField
                label="Why"
                optional
                maxLength={2000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </div>
            <Button type="submit">Save</Button>
          </form>
        )}
      </div>
    </Card>
  );
}
