'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Select } from '#components/ui/field.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { ApiKeyView } from '#lib/model/account-view.ts';
import { KeyRow } from './key-row.tsx';
import { RotateDialog, type RotateKey } from './rotate-dialog.tsx';

type Revoke = BoundAction<{ id: string }, unknown>;

const EVERYBODY = 'everybody';
const GONE = 'gone';
const madeBy = (key: ApiKeyView): string => key.createdByEmail ?? 'made at the start';
const isOrphan = (key: ApiKeyView): boolean => key.makerIsGone && key.state === 'active';

function shownKeys(keys: readonly ApiKeyView[], maker: string): readonly ApiKeyView[] {
  if (maker === EVERYBODY) return keys;
  return maker === GONE ? keys.filter(isOrphan) : keys.filter((key) => madeBy(key) === maker);
}

/** Whose keys are listed. */
function MakerFilter(props: {
  keys: readonly ApiKeyView[];
  maker: string;
  onChange: (maker: string) => void;
}) {
  const { keys, maker, onChange } = props;
  const makers = [...new Set(keys.map(madeBy))].sort();
  const orphans = keys.filter(isOrphan).length;
  return (
    <Select label="Made by" value={maker} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value={EVERYBODY}>Made by everybody ({keys.length})</option>
      {orphans > 0 && <option value={GONE}>Made by people who have left ({orphans})</option>}
      {makers.map((email) => (
        <option key={email} value={email}>
          {email} ({keys.filter((key) => madeBy(key) === email).length})
        </option>
      ))}
    </Select>
  );
}

/** Revoking asks first, because agents that still use the key stop at once. */
function RevokeDialog(props: { apiKey: ApiKeyView | null; revoke: Revoke; onClose: () => void }) {
  const { apiKey, revoke, onClose } = props;
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);

  async function confirm(): Promise<void> {
    if (!apiKey) return;
    const result = await revoke({ id: apiKey.id });
    setFailure(result.ok ? null : result.error.message);
    if (result.ok) onClose();
    router.refresh();
  }

  return (
    <Dialog
      open={apiKey !== null}
      title={`Revoke ${apiKey?.name ?? ''}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" onClick={confirm}>
            Revoke the key
          </Button>
        </>
      }
    >
      Whatever still uses this key is refused within seconds. This cannot be undone.
      {failure !== null && (
        <span role="alert" className="mt-2 block text-critical-text">
          {failure}
        </span>
      )}
    </Dialog>
  );
}

/** The keys of the team, whoever made them. */
export function KeyTable(props: {
  keys: readonly ApiKeyView[];
  rotate: RotateKey;
  revoke: Revoke;
  proveAgain: string;
  renderedAtMs: number;
}) {
  const { keys, proveAgain, renderedAtMs } = props;
  const [maker, setMaker] = useState(EVERYBODY);
  const [revoking, setRevoking] = useState<ApiKeyView | null>(null);
  const [rotating, setRotating] = useState<ApiKeyView | null>(null);
  if (keys.length === 0) return <StateMessage kind="empty" title="No keys yet" compact />;
  return (
    <Card label="Keys">
      <CardHeader title="Keys">
        <MakerFilter keys={keys} maker={maker} onChange={setMaker} />
      </CardHeader>
      <ul>
        {shownKeys(keys, maker).map((key) => (
          <KeyRow
            key={key.id}
            apiKey={key}
            renderedAtMs={renderedAtMs}
            onRotate={setRotating}
            onRevoke={setRevoking}
          />
        ))}
      </ul>
      <RotateDialog
        apiKey={rotating}
        rotate={props.rotate}
        proveAgain={proveAgain}
        onClose={() => setRotating(null)}
      />
      <RevokeDialog apiKey={revoking} revoke={props.revoke} onClose={() => setRevoking(null)} />
    </Card>
  );
}
