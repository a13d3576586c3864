'use client';

import { Button, ButtonLink } from '#components/ui/button.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import type { RequestFailure } from './ask.ts';
import { signInAddress } from './sign-in-address.ts';

/** Why what is shown could not be read again, above what is shown, which may be old; and what to do about it. */
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
