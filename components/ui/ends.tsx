import { clsx } from 'clsx';
import { timeLeft } from '#lib/model/credential-end.ts';
import { Moment } from './moment.tsx';

/** When a key or token ends by itself and how long that is; a warning where it is soon. */
export function Ends({ atMs, renderedAtMs }: { atMs: number; renderedAtMs: number }) {
  const { words, isSoon } = timeLeft(atMs, renderedAtMs);
  return (
    <>
      <Moment atMs={atMs} />,{' '}
      <span className={clsx('whitespace-nowrap', isSoon && 'text-warning-text')}>{words}</span>
    </>
  );
}
