import { Pencil, Plus } from 'lucide-react';
import { Ago } from '#components/ui/ago.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Badge } from '#components/ui/status.tsx';
import { formatPlural } from '#lib/model/format.ts';
import type { GateSource } from '#lib/model/gate-source.ts';
import { paths } from '#lib/model/paths.ts';

/** The servers that gates may ask, each with its questions and what passes. */
export function SourceList(props: {
  sources: readonly GateSource[];
  mayConfigure: boolean;
  renderedAtMs: number;
}) {
  const { sources, mayConfigure, renderedAtMs } = props;
  if (sources.length === 0)
    return (
      <StateMessage
        kind="empty"
        title="No server is connected yet"
        action={
          mayConfigure && (
            <ButtonLink href={paths.newGateSource()} icon={Plus}>
              New source
            </ButtonLink>
          )
        }
      >
        A Prometheus server can be a second witness of a gate: what it says of a version counts beside what
        the agent's own telemetry does.
      </StateMessage>
    );
  return (
    <Card label="Gate sources">
      <CardHeader title="Connected servers" hint={formatPlural(sources.length, 'server')} />
      <ul>
        {sources.map((source) => (
          <SourceLine
            key={source.id}
            source={source}
            mayConfigure={mayConfigure}
            renderedAtMs={renderedAtMs}
          />
        ))}
      </ul>
    </Card>
  );
}

function SourceLine(props: { source: GateSource; mayConfigure: boolean; renderedAtMs: number }) {
  const { source, mayConfigure, renderedAtMs } = props;
  const { id, name, url, hasAuthorization, templates, updatedAt } = source;
  return (
    <li className="flex flex-col gap-2 border-t border-line px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="min-w-0 flex-1 basis-64">
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-medium wrap-anywhere">{name}</span>
            <Badge>{hasAuthorization ? 'Entered with credentials' : 'Open'}</Badge>
          </span>
          <span className="text-xs text-muted wrap-anywhere">{url}</span>
        </span>
        <span className="text-xs text-muted">
          Changed <Ago atMs={updatedAt} renderedAtMs={renderedAtMs} />
        </span>
        {mayConfigure && (
          <ButtonLink size="sm" href={paths.gateSource(id)} icon={Pencil}>
            Edit
          </ButtonLink>
        )}
      </div>
      {templates.length === 0 ? (
        <p className="text-xs text-muted">It has no question yet, so no gate can ask it.</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {templates.map(({ name: template, query, passes, stepSeconds }) => (
            <li key={template} className="flex flex-wrap items-baseline gap-x-2 text-xs">
              <span className="font-medium">{template}</span>
              <span className="text-muted">
                passes at {passes.operator} {passes.value}
                {stepSeconds !== null && `, each ${stepSeconds} s of the window`}
              </span>
              <code className="basis-full font-mono wrap-anywhere">{query}</code>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
