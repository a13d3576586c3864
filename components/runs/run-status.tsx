import { clsx } from 'clsx';
import { StatusMark, TONE_TEXT, type Tone } from '#components/ui/status.tsx';
import type { AgentStatus } from '#lib/model/agent.ts';
import type { RunRow } from '#lib/model/run.ts';

const LOOKS: Record<RunRow['status'], { mark: AgentStatus; tone: Tone; word: string }> = {
  ok: { mark: 'running', tone: 'ok', word: 'Succeeded' },
  degraded: { mark: 'degraded', tone: 'warning', word: 'Cut short' },
  error: { mark: 'error', tone: 'critical', word: 'Failed' },
};

/** How a run ended: mark, word, and the error where there was one. */
export function RunStatus({ run }: { run: Pick<RunRow, 'status' | 'errorType' | 'errorMessage'> }) {
  const look = LOOKS[run.status];
  const why = [run.errorType, run.errorMessage].filter(Boolean).join(': ');
  return (
    <span className="inline-flex max-w-full items-center gap-1.5">
      <StatusMark status={look.mark} />
      <span className={look.tone === 'ok' ? 'text-muted' : clsx('font-medium', TONE_TEXT[look.tone])}>
        {look.word}
      </span>
      {why !== '' && <span className="truncate text-xs text-muted">{why}</span>}
    </span>
  );
}
