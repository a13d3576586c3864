'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { RuleVersion } from '#lib/model/alert-rule-view.ts';
import { formatPlural } from '#lib/model/format.ts';
import { diffDefinitions } from './diff-definitions.ts';

export type RestoreVersion = BoundAction<{ id: string; version: number }, { id: string; version: number }>;

interface RuleVersionsProps {
  ruleId: string;
  current: number;
  versions: readonly RuleVersion[];
  /** Null for people who may only look. */
  restore: RestoreVersion | null;
}

const content = ({ name, enabled, definition }: RuleVersion) => ({ name, enabled, ...definition });

/** Who changed what, and the way back: restoring makes a next version of an old content. */
export function RuleVersions({ ruleId, current, versions, restore }: RuleVersionsProps) {
  const router = useRouter();
  const [pending, setPending] = useState<number | null>(null);
  const bringBack = async (version: number) => {
    setPending(version);
    const answer = (await restore?.({ id: ruleId, version })) ?? null;
    setPending(null);
    if (answer?.ok)
      toast({ tone: 'ok', text: `Version ${version} is back, as version ${answer.data.version}.` });
    else if (answer) toast({ tone: 'critical', text: answer.error.message });
    router.refresh();
  };
  return (
    <Card label="Versions">
      <CardHeader title="Versions" hint={formatPlural(versions.length, 'version')} />
      <ol>
        {versions.map((version, i) => (
          <li key={version.version} className="border-t border-line px-4 py-2.5 text-sm">
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="font-medium">Version {version.version}</span>
              <span className="min-w-0 flex-1 text-xs text-muted">
                {version.changedBy} · <Moment atMs={version.at} />
              </span>
              {restore && version.version !== current && (
                <Button
                  size="sm"
                  pending={pending === version.version}
                  onClick={() => bringBack(version.version)}
                >
                  Restore
                </Button>
              )}
            </div>
            <Differences before={versions[i + 1]} after={version} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Differences({ before, after }: { before: RuleVersion | undefined; after: RuleVersion }) {
  if (before === undefined) return <p className="text-xs text-muted">The first version.</p>;
  const differences = diffDefinitions(content(before), content(after));
  if (differences.length === 0) return <p className="text-xs text-muted">The same content.</p>;
  return (
    <ul className="mt-1 flex flex-col gap-0.5 font-mono text-xs">
      {differences.map(({ path, before: old, after: now }) => (
        <li key={path} className="wrap-anywhere">
          <span className="text-muted">{path}</span>{' '}
          {old !== null && <del className="text-critical-text">{old || '""'}</del>}
          {old !== null && now !== null && ' → '}
          {now !== null && <ins className="text-ok-text no-underline">{now || '""'}</ins>}
        </li>
      ))}
    </ul>
  );
}
