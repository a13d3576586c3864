'use client';

import { CodeBlock } from '#components/ui/code-block.tsx';

/** What a webhook is set up with, the one time that its secret is shown. */
export function WebhookSecret({ path, secret }: { path: string; secret: string }) {
  return (
    <div role="status" className="flex min-w-0 flex-col gap-3 text-sm text-ink">
      <p>
        Add a webhook in the settings of the repository: these two, the content type application/json, and the
        events that your rules name. Copy the secret now: it is shown this once and never again.
      </p>
      <CodeBlock name="Payload URL" text={window.location.origin + path} />
      <CodeBlock name="Secret" text={secret} />
    </div>
  );
}
