'use client';

import { CodeBlock } from '#components/ui/code-block.tsx';
import { amtoolSnippet, prometheusSnippet } from './integration-snippets.ts';

/** A sender's secret, the one time that it is shown, within what it is pasted into. */
export function IntegrationSecret({ path, secret }: { path: string; secret: string }) {
  const address = { origin: window.location.origin, path, secret };
  return (
    <div role="status" className="flex min-w-0 flex-col gap-3 text-sm text-ink">
      <p>Copy it now: the secret is shown this once and never again.</p>
      <CodeBlock name="Secret" text={secret} />
      <CodeBlock name="prometheus.yml" text={prometheusSnippet(address)} />
      <CodeBlock name="~/.config/amtool/config.yml" text={amtoolSnippet(address)} />
    </div>
  );
}
