import { CodeBlock } from '#components/ui/code-block.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { failureTitle } from './failure-title.ts';
import { messageParts } from './timeline-words.ts';

/** Why it did not end well: what happened, the last lines of a container that crashed, what could be done. */
export function FailureReason({ deployment }: { deployment: DeploymentDetail }) {
  const { failure, suggestion } = deployment;
  if (failure === null) return null;
  const { words, log } = messageParts(failure.message);
  return (
    <section
      aria-label="Why it failed"
      className="flex min-w-0 flex-col gap-2 rounded-lg border border-critical bg-critical-tint px-4 py-3 text-sm"
    >
      <h2 className="font-medium text-critical-text">{failureTitle(failure.code)}</h2>
      <p className="whitespace-pre-line wrap-anywhere">{words}</p>
      {log !== null && <CodeBlock name="Last lines of the container" text={log} />}
      {suggestion !== null && <p className="text-muted">{suggestion}</p>}
    </section>
  );
}
