import { KeyRound } from 'lucide-react';
import { type AskForPasskey, type PasskeyResponse, usePasskey } from '#components/auth/use-passkey.ts';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';

/** Shows that it is still the person by a passkey, in place of a code; not shown where the browser knows none. */
export function PasskeyInstead(props: {
  ask: AskForPasskey;
  onResponse: (response: PasskeyResponse) => void;
}) {
  const { isKnown, failure, pending, prove } = usePasskey(props.ask, async (response) => {
    props.onResponse(response);
    return null;
  });
  if (!isKnown) return null;
  return (
    <div className="flex flex-col gap-3">
      <ActFailure failure={failure} />
      <div>
        <Button icon={KeyRound} pending={pending} onClick={prove}>
          Use a passkey instead
        </Button>
      </div>
    </div>
  );
}
