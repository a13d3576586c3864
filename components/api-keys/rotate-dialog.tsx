'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { SelectField } from '#components/ui/field.tsx';
import { Moment } from '#components/ui/moment.tsx';
import type { ApiKeyView } from '#lib/model/account-view.ts';
import { MadeKey } from './made-key.tsx';

interface Rotated {
  id: string;
  key: string;
  formerEndsAt: number;
}
export type RotateKey = BoundAction<{ id: string; overlapDays: number }, Rotated>;

const OVERLAPS: readonly [days: number, words: string][] = [
  [0, 'At once'],
  [1, 'After a day'],
  [7, 'After 7 days'],
  [14, 'After 14 days'],
  [30, 'After 30 days'],
];

/** Asks when the old key ends, then shows the new one once. */
export function RotateDialog(props: {
  apiKey: ApiKeyView | null;
  rotate: RotateKey;
  proveAgain: string;
  onClose: () => void;
}) {
  const { apiKey, proveAgain } = props;
  const router = useRouter();
  const [overlapDays, setOverlapDays] = useState(7);
  const [made, setMade] = useState<Rotated | null>(null);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, setPending] = useState(false);

  async function rotate(): Promise<void> {
    if (!apiKey) return;
    setPending(true);
    const result = await props.rotate({ id: apiKey.id, overlapDays });
    setPending(false);
    setFailure(result.ok ? null : result.error);
    if (!result.ok) return;
    setMade(result.data);
    router.refresh();
  }

  function close(): void {
    setMade(null);
    setFailure(null);
    props.onClose();
  }

  const actions = made ? (
    <Button onClick={close}>Done</Button>
  ) : (
    <>
      <Button onClick={close}>Keep it</Button>
      <Button variant="primary" pending={pending} onClick={rotate}>
        Make the new key
      </Button>
    </>
  );
  return (
    <Dialog open={apiKey !== null} title={`Rotate ${apiKey?.name ?? ''}`} onClose={close} actions={actions}>
      {made ? (
        <MadeKey apiKey={made.key}>
          The former key ends <Moment atMs={made.formerEndsAt} />.
        </MadeKey>
      ) : (
        <div className="flex flex-col gap-3">
          <p>A new key takes its place, with the same name, scopes and addresses.</p>
          <SelectField
            label="The former key ends"
            value={overlapDays}
            onChange={(event) => setOverlapDays(Number(event.currentTarget.value))}
          >
            {OVERLAPS.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </SelectField>
          <ActFailure failure={failure} proveAgain={proveAgain} />
        </div>
      )}
    </Dialog>
  );
}
