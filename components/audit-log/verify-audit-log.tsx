'use client';

import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import type { AuditState } from '#lib/model/audit-log.ts';
import { formatPlural } from '#lib/model/format.ts';
import { saveFile } from './save-file.ts';

const REASONS: Record<NonNullable<AuditState['reason']>, string> = {
  gap: 'it is missing',
  link: 'it does not follow the row before it',
  content: 'what it says is not what was written',
  'cut-off': 'it and those after it were cut off',
};

function verdict({ intact, rows, brokenAt, reason }: AuditState): string {
  if (intact) return `All ${formatPlural(rows, 'row')} are as they were written.`;
  return `Row ${brokenAt} is broken: ${reason === null ? 'it cannot be read' : REASONS[reason]}. ${formatPlural(rows, 'row')} before it are as they were written.`;
}

/** Verifies the log on demand and offers its signed head for keeping elsewhere; the head takes a line of its own. */
export function VerifyAuditLog(props: {
  verify: BoundAction<Record<string, never>, AuditState>;
  disabledReason: string | null;
}) {
  const [state, setState] = useState<AuditState | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function run(): Promise<void> {
    setPending(true);
    const answer = await props.verify({});
    setPending(false);
    setState(answer.ok ? answer.data : null);
    setFailure(answer.ok ? null : answer.error.message);
  }

  const head = state?.headLine ?? null;
  const isBad = failure !== null || state?.intact === false;
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          icon={ShieldCheck}
          pending={pending}
          disabledReason={props.disabledReason}
          onClick={() => void run()}
        >
          Verify
        </Button>
        <p
          role={isBad ? 'alert' : 'status'}
          className={isBad ? 'text-sm text-critical-text' : 'text-sm text-muted'}
        >
          {failure ?? (state === null ? '' : verdict(state))}
        </p>
      </div>
      {head !== null && (
        <div className="flex min-w-0 basis-full flex-col gap-2">
          <CodeBlock name="Signed head of the log" text={head} />
          <div>
            <Button
              size="sm"
              onClick={() => saveFile('audit-log-head.txt', 'text/plain;charset=utf-8', [`${head}\n`])}
            >
              Download the head
            </Button>
          </div>
          <p className="max-w-[68ch] text-xs text-muted">
            Keep it elsewhere: `npm run audit:verify -- audit-log-head.txt` shows later whether rows up to it
            were cut off.
          </p>
        </div>
      )}
    </>
  );
}
