'use client';

import { useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';

/** What became of the test mail; `error` in the words of the mail server. */
export type SendTestMail = BoundAction<Record<string, never>, { to: string; error: string | null }>;

interface Outcome {
  failure: ShownFailure | null;
  sent: { to: string; error: string | null } | null;
}

function OutcomeLine({ failure, sent }: Outcome) {
  const wrong = failure?.message ?? sent?.error ?? null;
  if (wrong !== null)
    return (
      <p role="alert" className="text-sm wrap-anywhere text-critical-text">
        {wrong}
      </p>
    );
  return (
    <p role="status" className="text-sm text-muted">
      {sent ? `The mail server took the mail to ${sent.to}.` : ''}
    </p>
  );
}

/** Sends a mail to whoever asks and says what the server answered. */
export function MailTest({ send, disabledReason }: { send: SendTestMail; disabledReason: string | null }) {
  const [outcome, setOutcome] = useState<Outcome>({ failure: null, sent: null });
  const [pending, setPending] = useState(false);

  async function test(): Promise<void> {
    setPending(true);
    const result = await send({});
    setPending(false);
    setOutcome(result.ok ? { failure: null, sent: result.data } : { failure: result.error, sent: null });
  }

  return (
    <Card label="Test">
      <CardHeader title="Test" />
      <div className="flex flex-wrap items-center gap-3 px-4 pb-4">
        <Button onClick={test} pending={pending} disabledReason={disabledReason}>
          Send a test mail to me
        </Button>
        <OutcomeLine {...outcome} />
      </div>
    </Card>
  );
}
