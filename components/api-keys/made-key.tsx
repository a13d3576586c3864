import type { ReactNode } from 'react';
import { CodeBlock } from '#components/ui/code-block.tsx';

/** The one moment in which a whole key is seen. */
export function MadeKey(props: { apiKey: string; children?: ReactNode }) {
  return (
    <div role="status" className="flex flex-col gap-3">
      <p className="text-sm">Copy the key now: it is shown this once and never again. {props.children}</p>
      <CodeBlock name="API key" text={props.apiKey} />
    </div>
  );
}
