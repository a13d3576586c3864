'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Badge } from '#components/ui/status.tsx';

type SetCapture = BoundAction<{ capture: boolean }, { capture: boolean }>;

/** The switch that lets content in, with what it means; switching it on asks once more. */
export function ContentCapture({ capture, setCapture }: { capture: boolean; setCapture: SetCapture }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  async function change(wanted: boolean): Promise<void> {
    setPending(true);
    const answer = await setCapture({ capture: wanted });
    setPending(false);
    setAsking(false);
    setFailure(answer.ok ? null : answer.error.message);
    router.refresh();
  }

  return (
    <Card label="Capture">
      <CardHeader title="Prompts, completions and tool arguments">
        <Badge tone={capture ? 'warning' : 'ok'}>{capture ? 'Stored' : 'Dropped'}</Badge>
      </CardHeader>
      <div className="flex flex-col gap-3 px-4 pb-4 text-sm">
        <p className="max-w-[68ch] text-muted">
          {capture
            ? 'Whatever your agents say and are told is stored with their spans and logs until its retention ends, apart from what the rules below redact. Reading it takes a permission of its own, and each look is recorded.'
            : 'They are dropped on arrival and never reach the database: names, durations, tokens, costs and errors are all that is kept.'}
        </p>
        {failure !== null && (
          <p role="alert" className="text-critical-text">
            {failure}
          </p>
        )}
        <div>
          <Button pending={pending} onClick={() => (capture ? void change(false) : setAsking(true))}>
            {capture ? 'Stop storing content' : 'Store content'}
          </Button>
        </div>
        <p className="max-w-[68ch] text-xs text-muted">
          A change takes hold within 5 seconds, for what arrives from then on. Stopping does not delete what
          was stored before: erase it below.
        </p>
      </div>
      <Dialog
        open={asking}
        title="Store what agents say and are told?"
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button variant="primary" pending={pending} onClick={() => void change(true)}>
              Yes, store it
            </Button>
          </>
        }
      >
        Personal data and secrets in prompts, completions and tool arguments are stored, too, unless a rule
        redacts them. Make sure that the people concerned may expect it.
      </Dialog>
    </Card>
  );
}
