import Link from 'next/link';
import { Ago } from '#components/ui/ago.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Severity } from '#components/ui/severity.tsx';
import { Badge } from '#components/ui/status.tsx';
import type { RuleDetail } from '#lib/model/alert-rule-view.ts';
import { formatPlural, MISSING } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { valueUnit } from '#lib/model/rule-value-unit.ts';
import { seriesName } from './prepare-preview.ts';

type Instance = RuleDetail['instances'][number];

const KIND_WORDS: Record<Instance['kind'], string> = {
  data: '',
  no_data: 'no data',
  error: 'the data could not be asked',
};
const STATE_WORDS: Record<Instance['state'], string> = {
  pending: 'Pending',
  firing: 'Firing',
  recovering: 'Recovering',
};
const STATE_TONE = { pending: 'warning', firing: 'critical', recovering: 'progress' } as const;

/** What is not normal now; for whom, since when and with which value. */
export function RuleInstances({ rule, renderedAtMs }: { rule: RuleDetail; renderedAtMs: number }) {
  const { instances, definition } = rule;
  const say = definition ? valueUnit(definition).say : String;
  return (
    <Card label="Now not normal">
      <CardHeader title="Not normal now" hint={formatPlural(instances.length, 'instance')} />
      {instances.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-muted">Everything that this rule watches is normal.</p>
      ) : (
        <ul>
          {instances.map((instance) => (
            <li
              key={JSON.stringify(instance.labels)}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm"
            >
              <Badge tone={STATE_TONE[instance.state]}>{STATE_WORDS[instance.state]}</Badge>
              <Severity severity={instance.severity} over={instance.state === 'pending'} />
              <span className="min-w-0 flex-1 basis-40 font-medium wrap-anywhere">
                {instanceName(instance)}
                {instance.kind !== 'data' && (
                  <span className="ml-2 text-xs font-normal text-muted">{KIND_WORDS[instance.kind]}</span>
                )}
              </span>
              <span>{instance.value === null ? MISSING : say(instance.value)}</span>
              <span className="text-xs text-muted">
                since{' '}
                <Ago atMs={instance.firedAt ?? instance.activeAt} renderedAtMs={renderedAtMs} words="span" />
                {instance.clearSince !== null && (
                  <>
                    , back to normal <Ago atMs={instance.clearSince} renderedAtMs={renderedAtMs} />
                  </>
                )}
              </span>
              {instance.alertId !== null && (
                <Link href={paths.alert(instance.alertId)} className="text-xs underline">
                  Open the alert
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The agent where there is one, else what is in its labels beside the rule's name. */
export function instanceName({ labels }: Pick<Instance, 'labels'>): string {
  const { alertname: _alertname, ...rest } = labels;
  return seriesName({ labels: rest });
}
