'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import type { ChannelView } from '#lib/model/notification-channel.ts';
import { paths } from '#lib/model/paths.ts';
import { SecretOnce } from './secret-once.tsx';

interface ChannelActionsProps {
  channel: ChannelView;
  test: BoundAction<{ id: string }, { deliveryId: string }>;
  rotate: BoundAction<{ id: string }, { signingSecret: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  disabledReason: string | null;
  /** Where a stale sign-in is renewed. */
  proveAgain: string;
}

/** What can be done with a channel: try it, change its signing key, take it out of use. */
export function ChannelActions(props: ChannelActionsProps) {
  const { channel, test, rotate, remove, disabledReason, proveAgain } = props;
  const router = useRouter();
  const { id } = channel;
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [secret, setSecret] = useState<string | null>(null);

  async function run<R>(
    work: Promise<Awaited<ReturnType<BoundAction<unknown, R>>>>,
    then: (data: R) => void,
  ) {
    const result = await work;
    setFailure(result.ok ? null : result.error);
    if (result.ok) then(result.data);
  }

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          disabledReason={disabledReason}
          onClick={() => run(test({ id }), ({ deliveryId }) => router.push(paths.delivery(deliveryId)))}
        >
          Send a test
        </Button>
        {channel.kind === 'webhook' && (
          <Button
            disabledReason={disabledReason}
            onClick={() =>
              run(rotate({ id }), ({ signingSecret }) => {
                setSecret(signingSecret);
                router.refresh();
              })
            }
          >
            New signing key
          </Button>
        )}
        <Button variant="danger" disabledReason={disabledReason} onClick={() => setAsked(true)}>
          Delete
        </Button>
      </div>
      {secret !== null && <SecretOnce secret={secret} onDone={() => setSecret(null)} />}
      <ActFailure failure={failure} proveAgain={proveAgain} />
      <Dialog
        open={asked}
        title={`Delete ${channel.name}?`}
        onClose={() => setAsked(false)}
        actions={
          <>
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button
              variant="danger"
              onClick={() =>
                run(remove({ id }), () => {
                  router.replace(paths.notifications());
                  router.refresh();
                })
              }
            >
              Delete the channel
            </Button>
          </>
        }
      >
        Nothing goes there any more; its messages stay in the log. While a route or an escalation policy leads
        to it, it can’t be deleted.
      </Dialog>
    </div>
  );
}
