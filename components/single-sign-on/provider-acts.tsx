'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ProviderView } from '#lib/model/identity-provider.ts';
import { paths } from '#lib/model/paths.ts';

interface ProviderActsProps {
  provider: ProviderView;
  setEnabled: BoundAction<{ id: string; enabled: boolean }, { id: string; enabled: boolean }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  proveAgain: string;
}

/** Lets people in through a provider, stops doing so, or forgets it. */
export function ProviderActs({ provider, setEnabled, remove, proveAgain }: ProviderActsProps) {
  const router = useRouter();
  const [asked, setAsked] = useState<'disable' | 'delete' | null>(null);
  const enabling = useSave(setEnabled, () => setAsked(null));
  const removing = useSave(remove, () => router.replace(paths.singleSignOn()));
  const isDelete = asked === 'delete';
  const confirm = () =>
    isDelete ? removing.save({ id: provider.id }) : enabling.save({ id: provider.id, enabled: false });
  return (
    <>
      {provider.enabled ? (
        <Button onClick={() => setAsked('disable')}>Disable</Button>
      ) : (
        <Button
          variant="primary"
          pending={enabling.pending}
          disabledReason={provider.testedAt === null ? 'Try a sign-in first' : null}
          onClick={() => enabling.save({ id: provider.id, enabled: true })}
        >
          Enable
        </Button>
      )}
      <Button variant="danger" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      {asked === null && <ActFailure failure={enabling.failure} proveAgain={proveAgain} />}
      <Dialog
        open={asked !== null}
        title={isDelete ? `Delete ${provider.name}?` : `Disable ${provider.name}?`}
        onClose={() => setAsked(null)}
        actions={
          <>
            <Button onClick={() => setAsked(null)}>Keep it</Button>
            <Button variant="danger" pending={enabling.pending || removing.pending} onClick={confirm}>
              {isDelete ? 'Delete it' : 'Disable it'}
            </Button>
          </>
        }
      >
        Nobody comes in through it any more, and who came in through it is signed out. What its groups give is
        taken, and its provisioning is refused{isDelete ? '' : ', until it is enabled again'}. Accounts stay;
        people without another way to sign in are locked out.
        <ActFailure failure={isDelete ? removing.failure : enabling.failure} proveAgain={proveAgain} />
      </Dialog>
    </>
  );
}
