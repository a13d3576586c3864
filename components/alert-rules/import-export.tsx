'use client';

import { Download, Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type ChangeEvent, useRef, useState } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextArea } from '#components/ui/field.tsx';
import { toast } from '#components/ui/toast.tsx';

interface Imported {
  created: number;
  updated: number;
  unchanged: number;
}

/** All rules as one YAML file: taken in, all or nothing, or given out. */
export function ImportExport(props: {
  /** Null for people who may only look. */
  importRules: BoundAction<{ yaml: string }, Imported> | null;
  exportRules: BoundAction<Record<string, never>, { yaml: string }>;
}) {
  const { importRules, exportRules } = props;
  const [importing, setImporting] = useState(false);
  const download = async () => {
    const answer = await exportRules({});
    if (!answer.ok) return toast({ tone: 'critical', text: answer.error.message });
    const url = URL.createObjectURL(new Blob([answer.data.yaml], { type: 'application/yaml' }));
    Object.assign(document.createElement('a'), { href: url, download: 'alert-rules.yaml' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <>
      <Button icon={Download} onClick={download}>
        Export
      </Button>
      {importRules && (
        <>
          <Button icon={Upload} onClick={() => setImporting(true)}>
            Import
          </Button>
          <ImportDialog open={importing} importRules={importRules} onClose={() => setImporting(false)} />
        </>
      )}
    </>
  );
}

function ImportDialog(props: {
  open: boolean;
  importRules: BoundAction<{ yaml: string }, Imported>;
  onClose: () => void;
}) {
  const router = useRouter();
  const [yaml, setYaml] = useState('');
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [pending, setPending] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const take = async (event: ChangeEvent<HTMLInputElement>) =>
    setYaml((await event.target.files?.[0]?.text()) ?? '');
  const submit = async () => {
    setPending(true);
    const answer = await props.importRules({ yaml });
    setPending(false);
    setFailure(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    const { created, updated, unchanged } = answer.data;
    toast({ tone: 'ok', text: `${created} rules made, ${updated} changed, ${unchanged} were the same.` });
    setYaml('');
    props.onClose();
    router.refresh();
  };
  return (
    <Dialog
      open={props.open}
      title="Import rules"
      onClose={props.onClose}
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            variant="primary"
            pending={pending}
            disabledReason={yaml.trim() === '' ? 'Choose or paste a file first.' : null}
            onClick={submit}
          >
            Import
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-ink">
        <p className="text-muted">
          Rules with a known name get a next version where they differ, others are made. All of the file or
          nothing.
        </p>
        <input
          ref={file}
          type="file"
          accept=".yaml,.yml,application/yaml"
          aria-label="Rule file"
          onChange={take}
          className="text-sm file:mr-3 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:text-sm"
        />
        <TextArea
          label="or paste it"
          rows={8}
          value={yaml}
          spellCheck={false}
          onChange={(event) => setYaml(event.target.value)}
        />
        {failure && (
          <div role="alert" className="text-sm text-critical-text">
            <p>{failure.message} Nothing was changed.</p>
            <ul className="mt-1 list-disc pl-4">
              {failure.issues.slice(0, 8).map(({ path, message }) => (
                <li key={path + message}>
                  <code className="font-mono text-xs">{path}</code> {message}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Dialog>
  );
}
