'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Moment } from '#components/ui/moment.tsx';
import { Badge, type Tone } from '#components/ui/status.tsx';
import type { RuleDetail, RuleTransition } from '#lib/model/alert-rule-view.ts';
import { paths } from '#lib/model/paths.ts';
import { valueUnit } from '#lib/model/rule-value-unit.ts';
import { instanceName } from './rule-instances.tsx';

const FIRST = 20;
const TONES: Record<string, Tone> = {
  pending: 'warning',
  firing: 'critical',
  recovering: 'progress',
  normal: 'ok',
};

/** Every change of state with its reason, the latest first. */
export function RuleTransitions(props: {
  transitions: readonly RuleTransition[];
  definition: RuleDetail['definition'];
}) {
  const { transitions, definition } = props;
  const [all, setAll] = useState(false);
  const say = definition ? valueUnit(definition).say : String;
  const shown = all ? transitions : transitions.slice(0, FIRST);
  return (
    <Card label="History">
      <CardHeader title="History" hint="changes of state, the latest first" />
      {transitions.length === 0 && (
        <p className="px-4 pb-4 text-sm text-muted">Nothing has changed so far.</p>
      )}
      <ol>
        {shown.map((each) => (
          <li
            key={each.id}
            className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-t border-line px-4 py-2 text-sm"
          >
            <span className="w-28 text-xs text-muted">
              <Moment atMs={each.at} />
            </span>
            <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
              <span className="text-xs text-muted">{each.from} →</span>
              <Badge tone={TONES[each.to] ?? 'unknown'}>{each.to}</Badge>
            </span>
            <span className="min-w-0 flex-1 basis-48 wrap-anywhere">
              <span className="font-medium">{instanceName(each)}</span>{' '}
              <span className="text-muted">
                {each.reason}
                {each.value !== null && ` · ${say(each.value)}`}
              </span>
            </span>
            {each.alertId !== null && (
              <Link href={paths.alert(each.alertId)} className="text-xs underline">
                Alert
              </Link>
            )}
          </li>
        ))}
      </ol>
      {shown.length < transitions.length && (
        <div className="border-t border-line px-4 py-2">
          <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
            Show {transitions.length - shown.length} more
          </Button>
        </div>
      )}
    </Card>
  );
}
