'use client';

import { ConfirmButton } from '#components/access/confirm-button.tsx';
import { useLiveTeam } from '#components/live/live-provider.tsx';
import { leaveBrowser } from '#components/push/subscription.ts';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { toast } from '#components/ui/toast.tsx';
import { formatPlural } from '#lib/model/format.ts';

/** Ends all of one's own sessions but this one, or this one too: for who lost a device, or left one open somewhere. */
export function SignOutEverywhere(props: {
  /** How many there are beside this one. */
  others: number;
  elsewhere: BoundAction<{ here: false }, { ended: number }>;
  /** Answers only where it did not lead to the sign-in page. */
  everywhere: () => ReturnType<BoundAction<undefined, undefined>>;
  proveAgain: string;
}) {
  const { others, elsewhere, everywhere, proveAgain } = props;
  const { connection } = useLiveTeam();
  const leave = async () => {
    await leaveBrowser();
    // The answer says where to go; word of the ended session must not lead elsewhere first.
    connection.stop();
    return everywhere();
  };
  return (
    <>
      <ConfirmButton
        label="Sign out everywhere else"
        size="md"
        question="Sign out everywhere else?"
        words={`This ends ${formatPlural(others, 'other session')} within seconds. This one goes on.`}
        input={{ here: false as const }}
        act={elsewhere}
        proveAgain={proveAgain}
        onDone={({ ended }) => toast({ tone: 'ok', text: `${formatPlural(ended, 'session')} ended.` })}
      />
      <ConfirmButton
        label="Sign out everywhere"
        size="md"
        question="Sign out everywhere, here too?"
        words="This ends all of your sessions within seconds, this one too. Sign in again to go on."
        input={undefined}
        act={leave}
        proveAgain={proveAgain}
      />
    </>
  );
}
