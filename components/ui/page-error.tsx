'use client';

import { NO_PERMISSION } from '#lib/model/no-permission.ts';
import { buttonClass } from './button-class.ts';
import { StateMessage } from './states.tsx';

/**
 * What stands in place of a page that failed: what happened, what to do, and the reference of the log line. It comes
 * along with every page in a bundle of its own, so it draws on nothing large: its button is a bare one.
 */
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
        <button type="button" className={buttonClass('primary', 'md', false)} onClick={retry}>
          Try again
        </button>
      }
    >
      Nothing was changed. If it happens again, tell your administrator
      {error.digest ? ` the reference ${error.digest}.` : ' when it happened.'}
    </StateMessage>
  );
}
