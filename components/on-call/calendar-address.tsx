'use client';

import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';

/** The secret address under which calendar programs subscribe to a schedule. */
export function CalendarAddress(props: {
  id: string;
  hasCalendar: boolean;
  rotate: BoundAction<{ id: string }, { path: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
}) {
  const [address, setAddress] = useState<string | null>(null);
  const rotate = useSave(props.rotate, ({ path }) => setAddress(new URL(path, location.href).href));
  const remove = useSave(props.remove, () => setAddress(null));
  return (
    <Card label="Calendar address">
      <CardHeader title="Calendar address" />
      <div className="flex flex-col gap-3 px-4 pb-4 text-sm">
        <p className="max-w-[68ch] text-muted">
          Subscribe to this schedule in a calendar program. Whoever knows the address sees who is on call; a
          new address ends the former one.
        </p>
        {address !== null && <CodeBlock name="Calendar address, shown this once" text={address} />}
        <SaveFailure failure={rotate.failure ?? remove.failure} />
        <div className="flex flex-wrap gap-2">
          <Button pending={rotate.pending} onClick={() => rotate.save({ id: props.id })}>
            {props.hasCalendar ? 'New address' : 'Make an address'}
          </Button>
          {props.hasCalendar && (
            <Button variant="danger" pending={remove.pending} onClick={() => remove.save({ id: props.id })}>
              Remove it
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}
