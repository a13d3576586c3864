'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { SelectField } from '#components/ui/field.tsx';
import type { PodView } from '#lib/model/workload.ts';
import { type ShownLog, usePodLog } from './use-pod-log.ts';

const STATE_WORDS: Record<ShownLog['state'], string> = {
  reading: 'Reading.',
  following: 'Following.',
  broken: 'Interrupted, goes on by itself.',
  refused: 'Not shown.',
  ended: 'The container has ended: nothing follows.',
};

const timeOf = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

/** Lines as they come; the end stays in sight as long as somebody looks at it. */
function LogLines({ lines, label }: Pick<ShownLog, 'lines'> & { label: string }) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const last = lines.at(-1)?.number;
  useEffect(() => {
    if (last !== undefined && box.current && isAtEnd.current)
      box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
    >
      {lines.map(({ number, at, text }) => (
        <p key={number} className="whitespace-pre-wrap wrap-anywhere">
          <span className="text-muted select-none" title={new Date(at).toISOString()}>
            {timeOf(at)}{' '}
          </span>
          {text}
        </p>
      ))}
    </section>
  );
}

interface Choice {
  container: string;
  isPrevious: boolean;
}

/** One reading of a log, below the controls that choose it. */
function Reading(props: {
  agentId: string;
  pod: string;
  choice: Choice;
  controls: ReactNode;
  again: () => void;
}) {
  const { agentId, pod, choice, controls, again } = props;
  const { lines, state, says } = usePodLog({ agentId, pod, ...choice });
  return (
    <div className="flex flex-col gap-2 border-t border-line px-4 py-3">
      <div className="flex flex-wrap items-end gap-3">
        {controls}
        {(state === 'ended' || state === 'refused') && <Button onClick={again}>Read again</Button>}
        <p role="status" className="text-xs text-muted wrap-anywhere">
          {STATE_WORDS[state]} {says}
        </p>
      </div>
      {lines.length > 0 ? (
        <LogLines lines={lines} label={`Log of ${pod}`} />
      ) : (
        (state === 'following' || state === 'ended') && (
          <p className="text-sm text-muted">The container has written nothing.</p>
        )
      )}
    </div>
  );
}

/** The log of a pod: of which container, of this run or the one before. Read again, it begins anew. */
export function PodLog({ agentId, pod }: { agentId: string; pod: PodView }) {
  const [container, setContainer] = useState(pod.containers.find(({ isInit }) => !isInit)?.name ?? '');
  const [wantsPrevious, setWantsPrevious] = useState(false);
  const [round, setRound] = useState(0);
  const hasPrevious = pod.containers.some(({ name, hasPrevious: had }) => name === container && had);
  const isPrevious = wantsPrevious && hasPrevious;
  const controls = (
    <>
      {pod.containers.length > 1 && (
        <SelectField
          label="Container"
          value={container}
          onChange={({ currentTarget }) => setContainer(currentTarget.value)}
        >
          {pod.containers.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <Button
        aria-pressed={isPrevious}
        disabledReason={hasPrevious ? null : 'The container has not run before.'}
        onClick={() => setWantsPrevious(!isPrevious)}
      >
        {isPrevious ? 'Show this run' : 'Show the run before'}
      </Button>
    </>
  );
  return (
    <Reading
      key={round}
      agentId={agentId}
      pod={pod.name}
      choice={{ container, isPrevious }}
      controls={controls}
      again={() => setRound(round + 1)}
    />
  );
}
