'use client';

import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { type StatusLook, ToneMark } from '#components/ui/status.tsx';
import type { PodView, WorkloadView } from '#lib/model/workload.ts';
import { PodLog } from './pod-log.tsx';

const LOOKS: Record<PodView['state'], StatusLook> = {
  failing: { tone: 'critical', word: 'Failing', shape: 'diamond' },
  starting: { tone: 'progress', word: 'Starting', shape: 'half' },
  ready: { tone: 'ok', word: 'Ready', shape: 'disc' },
  ending: { tone: 'unknown', word: 'Ending', shape: 'square' },
  ended: { tone: 'unknown', word: 'Ended', shape: 'square' },
};

function restartWords(restarts: number): string {
  if (restarts === 0) return '';
  return restarts === 1 ? ' · restarted once' : ` · restarted ${restarts} times`;
}

interface PodLineProps {
  agentId: string;
  pod: PodView;
  logs: WorkloadView['can']['readLogs'];
  isOpen: boolean;
  onToggle: () => void;
  renderedAtMs: number;
}

/** One pod: how it is and why, and its log when it is asked for. */
function PodLine({ agentId, pod, logs, isOpen, onToggle, renderedAtMs }: PodLineProps) {
  const { tone, word, shape } = LOOKS[pod.state];
  return (
    <li data-pod={pod.name}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
        <span className="min-w-0 flex-1 basis-64">
          <span className="flex items-center gap-1.5">
            <ToneMark tone={tone} shape={shape} />
            <span className="font-medium">{word}</span>
            {!pod.isCurrent && <span className="text-xs text-muted">former version</span>}
          </span>
          <span className="block font-mono text-xs text-muted wrap-anywhere">{pod.name}</span>
          {pod.state !== 'ready' && <span className="block wrap-anywhere">{pod.says}</span>}
        </span>
        <span className="text-xs text-muted">
          {pod.node ?? 'no node'}
          {restartWords(pod.restarts)}
          {pod.startedAt !== null && (
            <>
              {' · since '}
              <Ago atMs={pod.startedAt} renderedAtMs={renderedAtMs} words="span" />
            </>
          )}
        </span>
        <Button
          size="sm"
          aria-expanded={isOpen}
          disabledReason={logs.allowed ? null : logs.reason}
          onClick={onToggle}
        >
          {isOpen ? 'Hide the log' : 'Log'}
        </Button>
      </div>
      {isOpen && <PodLog agentId={agentId} pod={pod} />}
    </li>
  );
}

/** The pods of a workload, those that need somebody first. */
export function Pods({ view, renderedAtMs }: { view: WorkloadView; renderedAtMs: number }) {
  const [open, setOpen] = useState<string | null>(null);
  const { pods, podsLeftOut, can, agentId } = view;
  return (
    <Card label="Pods" className="overflow-hidden">
      <CardHeader title="Pods" hint={podsLeftOut > 0 ? `and ${podsLeftOut} more` : undefined} />
      {pods.length === 0 ? (
        <p className="px-4 pt-1 pb-4 text-sm text-muted">It has no pods.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {pods.map((pod) => (
            <PodLine
              key={pod.name}
              agentId={agentId}
              pod={pod}
              logs={can.readLogs}
              isOpen={open === pod.name}
              onToggle={() => setOpen(open === pod.name ? null : pod.name)}
              renderedAtMs={renderedAtMs}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}
