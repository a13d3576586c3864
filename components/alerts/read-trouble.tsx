'use client';

import { signInAddress } from '#components/live/sign-in-address.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { RequestFailure } from './inbox/ask.ts';

/** Why alerts could not be read again, above what is shown, which may be old; and what to do about it. */
export function ReadTrouble(props: { title: string; failure: RequestFailure; again: () => void }) {
  const { title, failure, again } = props;
  if (failure.status === 401)
    return (
      <StateMessage
        kind="error"
        compact
        title="You are signed out"
        action={
          <ButtonLink href={signInAddress()} leaves>
            Sign in
          </ButtonLink>
        }
      >
        {failure.message}
      </StateMessage>
    );
  return (
    <StateMessage
      kind={failure.status === null ? 'stale' : 'error'}
      compact
      title={failure.status === null ? 'No connection: this may be old' : title}
      action={<Button onClick={again}>Try again</Button>}
    >
      {failure.message}
    </StateMessage>
  );
}
