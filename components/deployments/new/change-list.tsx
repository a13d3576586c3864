import { Badge } from '#components/ui/status.tsx';
import type { DeploymentPreview } from '#lib/model/deployment-plan.ts';
import { changeWord, valueText } from './change-words.ts';

/** Each field that would change: where, from what, to what. Values of secrets are never shown. */
export function ChangeList({ changes }: Pick<DeploymentPreview, 'changes'>) {
  return (
    <ul aria-label="Changes" className="flex flex-col">
      {changes.map((change) => (
        <li key={change.path} className="flex min-w-0 flex-col gap-1.5 border-t border-line py-2.5">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <code className="text-xs wrap-anywhere">{change.path}</code>
            <span className="text-xs text-muted">{changeWord(change)}</span>
            {change.isWholeList && <Badge tone="warning">The whole list is replaced</Badge>}
            {change.isMasked && <Badge>Differs, not shown</Badge>}
          </p>
          {change.isWholeList && (
            <p className="text-xs text-muted">Items that others added to it go with it.</p>
          )}
          {!change.isMasked && (
            <dl className="grid min-w-0 gap-x-3 gap-y-1 sm:grid-cols-2">
              <Side name="Now" value={change.before} />
              <Side name="Then" value={change.after} />
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
}

function Side({ name, value }: { name: string; value: unknown }) {
  const text = valueText(value);
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="max-h-60 overflow-y-auto rounded-md bg-sunken px-2 py-1 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
        {text ?? <span className="font-sans text-muted">not there</span>}
      </dd>
    </div>
  );
}
