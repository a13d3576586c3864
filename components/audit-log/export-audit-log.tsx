'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import type { AuditExport, AuditFilter, ExportFormat } from '#lib/model/audit-log.ts';
import { formatPlural } from '#lib/model/format.ts';
import { saveFile } from './save-file.ts';

export type ExportPiece = BoundAction<AuditFilter & { format: ExportFormat; cursor?: number }, AuditExport>;

const TYPES = { csv: 'text/csv;charset=utf-8', jsonl: 'application/jsonl;charset=utf-8' } as const;

/** Takes the rows that match the filters into a file, piece by piece, and says how far it is. */
export function ExportAuditLog(props: {
  exportPiece: ExportPiece;
  filter: AuditFilter;
  disabledReason: string | null;
}) {
  const [state, setState] = useState<{ words: string; failed: boolean }>({ words: '', failed: false });
  const [pending, setPending] = useState(false);

  async function take(format: ExportFormat): Promise<void> {
    setPending(true);
    const pieces: string[] = [];
    let rows = 0;
    let cursor: string | null = null;
    do {
      const at: { cursor?: number } = cursor === null ? {} : { cursor: Number(cursor) };
      const answer = await props.exportPiece({ ...props.filter, format, ...at });
      if (!answer.ok) {
        setPending(false);
        return setState({ words: answer.error.message, failed: true });
      }
      pieces.push(answer.data.text);
      rows += answer.data.rows;
      cursor = answer.data.nextCursor;
      setState({ words: `${formatPlural(rows, 'row')} …`, failed: false });
    } while (cursor !== null);
    saveFile(`audit-log.${format}`, TYPES[format], pieces);
    setPending(false);
    setState({
      words: `${formatPlural(rows, 'row')} exported. The export stands in the log, too.`,
      failed: false,
    });
  }

  return (
    <div className="flex flex-wrap items-center gap-2">
      {(['csv', 'jsonl'] as const).map((format) => (
        <Button
          key={format}
          icon={Download}
          pending={pending}
          disabledReason={props.disabledReason}
          onClick={() => void take(format)}
        >
          {format === 'csv' ? 'Export CSV' : 'Export JSON lines'}
        </Button>
      ))}
      <p
        role={state.failed ? 'alert' : 'status'}
        className={state.failed ? 'text-sm text-critical-text' : 'text-sm text-muted'}
      >
        {state.words}
      </p>
    </div>
  );
}
