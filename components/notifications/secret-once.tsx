import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';

interface SecretOnceProps {
  secret: string;
  /** Name of the channel. */
  channel?: string;
  onDone: () => void;
}

/** The signing key of a webhook, the one time that it is shown; named where it stands beside others. */
export function SecretOnce({ secret, channel, onDone }: SecretOnceProps) {
  return (
    <div role="status" className="flex flex-col gap-3 text-sm">
      <p>
        The signing key of{' '}
        {channel === undefined ? (
          'this webhook'
        ) : (
          <strong className="font-medium wrap-anywhere">{channel}</strong>
        )}
        . Copy it now: it is not shown again.
      </p>
      <CodeBlock name="Signing key" text={secret} />
      <div>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}
