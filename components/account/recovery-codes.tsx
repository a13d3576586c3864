import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';

/** The one moment in which recovery codes are seen. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <div role="status" className="flex flex-col gap-3 text-sm">
      <p>
        Keep these recovery codes somewhere safe: each lets you in once without your authenticator app. They
        are shown this once and never again.
      </p>
      <CodeBlock name="Recovery codes" text={codes.join('\n')} />
      <div>
        <Button onClick={onDone}>I have kept them</Button>
      </div>
    </div>
  );
}
