import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { ResetLinkMade } from '#lib/model/access-view.ts';
import { ConfirmButton } from './confirm-button.tsx';

const WORKS = 'It works once and for 30 minutes, and ends links made before.';
const STAYS = 'Choosing a password signs them out everywhere; their second factor stays on.';

/** Helps somebody who forgot their password. Where no mail leaves, the link is shown this once. */
export function ResetLink(props: {
  userId: string;
  name: string;
  isYou: boolean;
  sendsMail: boolean;
  make: BoundAction<{ userId: string }, ResetLinkMade>;
  proveAgain: string;
}) {
  const { name, sendsMail } = props;
  const [link, setLink] = useState<string | null>(null);
  return (
    <>
      <ConfirmButton
        label={sendsMail ? 'Send reset link' : 'Make reset link'}
        name={name}
        question={sendsMail ? `Mail ${name} a link?` : `Make a link for ${name}?`}
        words={
          sendsMail
            ? `For somebody who forgot their password: a link with which they choose a new one goes to their address. ${WORKS} ${STAYS}`
            : `For somebody who forgot their password: whoever opens the link chooses a new one. No mail server is set up, so it is shown here once, for you to hand on. ${WORKS} ${STAYS} Make sure that it is they who ask.`
        }
        disabledReason={props.isYou ? 'Change your own under Security.' : null}
        input={{ userId: props.userId }}
        act={props.make}
        proveAgain={props.proveAgain}
        onDone={({ path }) => {
          setLink(path === null ? null : new URL(path, location.href).href);
          if (path === null) toast({ tone: 'ok', text: 'The link is on its way.' });
        }}
      />
      {link !== null && (
        <div className="order-last min-w-0 basis-full">
          <CodeBlock name="Link for a new password, shown this once" text={link} />
        </div>
      )}
    </>
  );
}
