'use client';

import { useSyncExternalStore } from 'react';
import { Button } from '#components/ui/button.tsx';

const never = () => () => {};

/**
 * Leads to an identity provider. The content policy lets a bare form lead to the provider of the environment only, so
 * the others wait for the script that leaves without one.
 */
export function ProviderButton(props: {
  action: (form: FormData) => Promise<void>;
  provider: { id: string; name: string; needsScript: boolean };
  callbackUrl: string;
}) {
  const { id, name, needsScript } = props.provider;
  const hasScript = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <form action={props.action} className="flex flex-col">
      <input type="hidden" name="provider" value={id} />
      <input type="hidden" name="callbackUrl" value={props.callbackUrl} />
      <Button type="submit" disabled={needsScript && !hasScript}>
        Continue with {name}
      </Button>
    </form>
  );
}
