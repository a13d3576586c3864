'use client';

import { Button } from './button.tsx';
import { StateMessage } from './states.tsx';

/** What stands in place of a page that failed: what happened, what to do, and the reference of the log line. */
export function PageError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <StateMessage
      kind="error"
      title="This page could not be shown"
      action={
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      Nothing was changed. If it happens again, tell your administrator
      {error.digest ? ` the reference ${error.digest}.` : ' when it happened.'}
    </StateMessage>
  );
}
