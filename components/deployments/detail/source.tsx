import type { ReactNode } from 'react';
import { httpLink } from '#components/alerts/detail/http-link.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { DeploymentDetail } from '#lib/model/deployment.ts';
import { formatPlural } from '#lib/model/format.ts';
import type { ReleaseNotes, SourceFacts } from '#lib/model/source-facts.ts';

const SHORT_SHA = 7;

/** An address that a host of source code gave; one that is none of the web leads nowhere. */
function HostLink({ url, children }: { url: string; children: ReactNode }) {
  const href = httpLink(url);
  if (href === null) return children;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" className="underline-offset-2 hover:underline">
      {children}
    </a>
  );
}

function runWords({ status, conclusion }: NonNullable<SourceFacts['run']>): ReactNode {
  if (conclusion === 'success') return <Badge tone="ok">Succeeded</Badge>;
  if (conclusion !== null) return <Badge tone="critical">{conclusion.replaceAll('_', ' ')}</Badge>;
  return <Badge>{status.replaceAll('_', ' ')}</Badge>;
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

/** What the host of its source says of the commit: who wrote it, what brought it, how its workflow went. */
export function Source({ source }: Pick<DeploymentDetail, 'source'>) {
  if (source === null) return null;
  const { commit, pullRequest, run, error, readAt } = source;
  return (
    <Card label="Source">
      <CardHeader title="Source" />
      <dl className="flex flex-col gap-2.5 px-4 pt-1 pb-4 text-sm">
        {commit !== null && (
          <Line name="Commit">
            <HostLink url={commit.url}>{commit.message}</HostLink>
            <span className="block text-xs text-muted">
              <span className="font-mono">{commit.sha.slice(0, SHORT_SHA)}</span>
              {commit.author !== null && ` by ${commit.author}`}
            </span>
          </Line>
        )}
        {pullRequest !== null && (
          <Line name="Pull request">
            <HostLink url={pullRequest.url}>
              #{pullRequest.number} {pullRequest.title}
            </HostLink>{' '}
            <Badge>{pullRequest.mergedAt === null ? pullRequest.state : 'merged'}</Badge>
          </Line>
        )}
        {run !== null && (
          <Line name="Workflow">
            <HostLink url={run.url}>Run {run.id}</HostLink> {runWords(run)}
          </Line>
        )}
        {error !== null && (
          <p className="text-xs text-warning-text wrap-anywhere">Its host could not be asked: {error}</p>
        )}
        {error === null && readAt === null && (
          <p className="text-xs text-muted">Its host is about to be asked.</p>
        )}
      </dl>
    </Card>
  );
}

/** What is new in it against what ran before. */
export function WhatIsNew({ notes }: { notes: ReleaseNotes | null }) {
  if (notes === null) return null;
  const { commits, total, baseSha, url } = notes;
  return (
    <Card label="What is new">
      <CardHeader
        title="What is new"
        hint={`${formatPlural(total, 'commit')} since ${baseSha.slice(0, SHORT_SHA)}`}
      />
      <ul className="px-4 pb-2 text-sm">
        {commits.toReversed().map((commit) => (
          <li key={commit.sha} className="flex flex-wrap items-baseline gap-x-3 border-t border-line py-1.5">
            <span className="min-w-0 flex-1 basis-64 wrap-anywhere">
              <HostLink url={commit.url}>{commit.message}</HostLink>
            </span>
            <span className="text-xs text-muted">
              <span className="font-mono">{commit.sha.slice(0, SHORT_SHA)}</span>
              {commit.author !== null && ` by ${commit.author}`}
            </span>
          </li>
        ))}
      </ul>
      <p className="px-4 pb-3 text-xs text-muted">
        <HostLink url={url}>
          {commits.length < total ? `The latest ${commits.length} of ${total}. ` : ''}Compare at its host
        </HostLink>
      </p>
    </Card>
  );
}
