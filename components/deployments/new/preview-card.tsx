import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { asSentence } from '#components/ui/issue-words.ts';
import { Skeleton, StateMessage } from '#components/ui/states.tsx';
import type { DeploymentPreview } from '#lib/model/deployment-plan.ts';
import { VersionText } from '../version-text.tsx';
import { ChangeList } from './change-list.tsx';
import { losses, previewVerdict } from './change-words.ts';
import type { PreviewState } from './use-plan-preview.ts';

interface PreviewCardProps {
  state: PreviewState;
  version: string;
  workload: string;
  /** Why what was answered no longer counts; null while it does. */
  outdated: string | null;
  again: () => void;
  /** The managers that were said to lose their fields, by name. */
  losing: readonly string[];
  onLosing: (managers: string[]) => void;
}

/** What the plan would change, as the cluster says without doing it. */
export function PreviewCard(props: PreviewCardProps) {
  return (
    <Card label="Preview">
      <CardHeader title="What would change" hint="nothing does yet" />
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4" aria-busy={props.state.kind === 'asking'}>
        <Body {...props} />
      </div>
    </Card>
  );
}

function Body(props: PreviewCardProps) {
  const { state, outdated } = props;
  const again = <Button onClick={props.again}>Preview again</Button>;
  if (state.kind === 'none' || state.kind === 'refused')
    return (
      <StateMessage kind="empty" compact title="No preview yet">
        The cluster is asked what the deployment would change. Nothing is deployed without it.
      </StateMessage>
    );
  if (state.kind === 'asking')
    return (
      <>
        <p role="status" className="text-sm text-muted">
          A worker asks the cluster …
        </p>
        <Skeleton className="h-24 w-full rounded-md" />
      </>
    );
  if (state.kind === 'unanswered')
    return (
      <StateMessage kind="stale" compact title="No worker has answered" action={again}>
        For 20 s no worker said anything, not even that the cluster hangs. See whether one runs, then try
        again.
      </StateMessage>
    );
  const { preview } = state;
  if (preview.status === 'failed')
    return (
      <StateMessage kind="error" compact title="It would not work like this" action={again}>
        {asSentence(preview.message ?? 'The cluster gave no reason')}
      </StateMessage>
    );
  return (
    <>
      {outdated !== null && (
        <Note>
          <p role="alert">{outdated}</p>
          {again}
        </Note>
      )}
      <Answer {...props} preview={preview} />
    </>
  );
}

function Answer({
  preview,
  version,
  workload,
  losing,
  onLosing,
}: PreviewCardProps & { preview: DeploymentPreview }) {
  return (
    <>
      <p role="status" className="text-sm font-medium wrap-anywhere">
        {previewVerdict(preview, workload)}
      </p>
      {preview.digest !== null && (
        <p className="text-sm">
          Runs <VersionText version={version} digest={preview.digest} />
        </p>
      )}
      {preview.warnings.map((warning) => (
        <Note key={warning}>
          <p>{asSentence(warning)}</p>
        </Note>
      ))}
      {preview.conflicts.length > 0 && (
        <Losing conflicts={preview.conflicts} losing={losing} onLosing={onLosing} />
      )}
      {preview.changes.length > 0 && <ChangeList changes={preview.changes} />}
    </>
  );
}

/** Who would lose fields; each is confirmed by name, or the deployment does not go on (deployment S-04). */
function Losing(props: Pick<PreviewCardProps, 'losing' | 'onLosing'> & Pick<DeploymentPreview, 'conflicts'>) {
  const { conflicts, losing, onLosing } = props;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2 rounded-md border border-warning bg-warning-tint px-3 py-2.5 text-sm">
      <legend className="sr-only">Others own fields that it sets</legend>
      <p className="font-medium">
        Others own fields that it sets. Say of each that it loses them, or it would be stopped.
      </p>
      {losses(conflicts).map(([manager, fields]) => (
        <label key={manager} className="touch flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1"
            checked={losing.includes(manager)}
            onChange={(event) =>
              onLosing(
                event.target.checked ? [...losing, manager] : losing.filter((other) => other !== manager),
              )
            }
          />
          <span className="min-w-0">
            <span className="font-medium wrap-anywhere">{manager}</span> loses{' '}
            <span className="font-mono text-xs wrap-anywhere">{fields.join(', ')}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md border border-warning bg-warning-tint px-3 py-2 text-sm text-warning-text wrap-anywhere">
      {children}
    </div>
  );
}
