import Link from 'next/link';
import { AlertMarks, KeptOpen, WhoHasIt } from '#components/alerts/inbox/alert-state.tsx';
import { Ago } from '#components/ui/ago.tsx';
import { ALERT_STATUS_WORDS, Severity } from '#components/ui/severity.tsx';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { paths } from '#lib/model/paths.ts';

/** Moments that lie closer together than this are one for a reader, milliseconds. */
const APART_MS = 30_000;

/** When it began to fire; and where they lie apart, when its condition began and when Pitwall heard of it. */
function Beginning({ alert, renderedAtMs }: { alert: AlertDetail; renderedAtMs: number }) {
  const { startsAt, openedAt, conditionSince } = alert;
  return (
    <>
      {conditionSince !== null && startsAt - conditionSince >= APART_MS && (
        <span>
          condition began <Ago atMs={conditionSince} renderedAtMs={renderedAtMs} />
        </span>
      )}
      <span>
        began to fire <Ago atMs={startsAt} renderedAtMs={renderedAtMs} />
      </span>
      {openedAt - startsAt >= APART_MS && (
        <span>
          opened here <Ago atMs={openedAt} renderedAtMs={renderedAtMs} />
        </span>
      )}
    </>
  );
}

/** How urgent, in which state, what happened and to whom. */
export function AlertHead({ alert, renderedAtMs }: { alert: AlertDetail; renderedAtMs: number }) {
  const { severity, status, title, message, agent, resolved, suppressedBy } = alert;
  return (
    <header data-status={status} className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <Severity severity={severity} over={status === 'resolved'} />
        <span className="font-medium">{ALERT_STATUS_WORDS[status]}</span>
        <AlertMarks alert={alert} />
      </p>
      <h1 className="text-lg font-medium tracking-tight text-balance wrap-anywhere md:text-xl">{title}</h1>
      {message !== '' && <p className="max-w-[80ch] text-sm whitespace-pre-line wrap-anywhere">{message}</p>}
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
        {agent !== null && (
          <Link
            href={paths.agent(agent.id)}
            className="font-medium text-ink underline-offset-2 hover:underline"
          >
            {agent.name}
          </Link>
        )}
        <Beginning alert={alert} renderedAtMs={renderedAtMs} />
        <KeptOpen alert={alert} renderedAtMs={renderedAtMs} />
        {resolved !== null && resolved.reason !== '' && (
          <span>over: {resolved.reason.replaceAll('_', ' ')}</span>
        )}
        <WhoHasIt alert={alert} renderedAtMs={renderedAtMs} />
      </p>
      {suppressedBy.length > 0 && status !== 'resolved' && (
        <p className="text-xs text-muted">
          Nobody is told of it now: {suppressedBy.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.
        </p>
      )}
    </header>
  );
}
