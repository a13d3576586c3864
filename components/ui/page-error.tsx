'use client';

import { NO_PERMISSION } from '#lib/model/no-permission.ts';
import { Button } from './button.tsx';
import { StateMessage } from './states.tsx';

/** What stands in place of a page that failed: what happened, what to do, and the reference of the log line. */
export function PageError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  if (error.digest === NO_PERMISSION)
    return (
      <StateMessage kind="no-permission" title="Your role may not see this page">
        Ask an admin of your team what your roles should allow.
      </StateMessage>
    );
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
