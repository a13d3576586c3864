import { Ago } from '#components/ui/ago.tsx';

/** When somebody last signed in, in the middle of a line. */
export function LastSignIn({ atMs, renderedAtMs }: { atMs: number | null; renderedAtMs: number }) {
  if (atMs === null) return 'never signed in';
  return (
    <>
      signed in <Ago atMs={atMs} renderedAtMs={renderedAtMs} />
    </>
  );
}
