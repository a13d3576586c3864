'use client';

import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { IdentityView } from '#lib/model/identity-provider.ts';

/** What became of an attempt to link, by the codes that stand in the address. */
const OUTCOMES: Record<string, string> = {
  linked: 'The identity is connected: it opens your account from now on.',
  conflict: 'This identity opens an account already. Disconnect it there first.',
  provider: 'The provider did not come back whole. Nothing was connected.',
};
const OTHER = 'Nothing was connected. Sign in again and repeat it.';

interface IdentityListProps {
  identities: readonly IdentityView[];
  sources: readonly { id: string; name: string }[];
  outcome: string | null;
  link: BoundAction<string, never>;
  unlink: BoundAction<{ issuer: string; subject: string }, undefined>;
  proveAgain: string;
}

/** The identities that open the own account, and the providers to connect another one from. */
export function IdentityList(props: IdentityListProps) {
  const { identities, sources, outcome, proveAgain } = props;
  const [asked, setAsked] = useState<IdentityView | null>(null);
  const linking = useSave(props.link);
  const unlinking = useSave(props.unlink, () => setAsked(null));
  const confirm = () => asked && unlinking.save({ issuer: asked.issuer, subject: asked.subject });
  return (
    <>
      {outcome !== null && (
        <p
          role={outcome === 'linked' ? 'status' : 'alert'}
          className={outcome === 'linked' ? 'text-sm text-ok-text' : 'text-sm text-critical-text'}
        >
          {OUTCOMES[outcome] ?? OTHER}
        </p>
      )}
      {identities.length === 0 ? (
        <StateMessage kind="empty" compact title="You sign in with a password or a passkey only">
          {sources.length > 0
            ? 'Connect an identity, and it opens your account too.'
            : 'No identity provider is set up here.'}
        </StateMessage>
      ) : (
        <Card label="Identities">
          <CardHeader title="Identities" />
          <ul>
            {identities.map((identity) => (
              <li
                key={`${identity.issuer} ${identity.subject}`}
                className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
              >
                <span className="min-w-0 flex-1 basis-56">
                  <span className="block font-medium wrap-anywhere">
                    {identity.providerName ?? identity.issuer}
                  </span>
                  <code className="font-mono text-xs text-muted wrap-anywhere">{identity.subject}</code>
                </span>
                <span className="text-xs text-muted">
                  since <Moment atMs={identity.createdAt.getTime()} />
                </span>
                <Button size="sm" variant="danger" onClick={() => setAsked(identity)}>
                  Disconnect
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {sources.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          {sources.map(({ id, name }) => (
            <Button key={id} pending={linking.pending} onClick={() => linking.save(id)}>
              Connect {name}
            </Button>
          ))}
          <ActFailure failure={linking.failure} proveAgain={proveAgain} />
        </div>
      )}
      <Dialog
        open={asked !== null}
        title={`Disconnect ${asked?.providerName ?? asked?.issuer ?? ''}?`}
        onClose={() => setAsked(null)}
        actions={
          <>
            <Button onClick={() => setAsked(null)}>Keep it</Button>
            <Button variant="danger" pending={unlinking.pending} onClick={confirm}>
              Disconnect it
            </Button>
          </>
        }
      >
        It does not open your account any more. You stay signed in here.
        <ActFailure failure={unlinking.failure} proveAgain={proveAgain} />
      </Dialog>
    </>
  );
}
