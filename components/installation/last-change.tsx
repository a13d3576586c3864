import { Ago } from '#components/ui/ago.tsx';
import type { SectionState } from '#lib/model/installation-settings.ts';

/** Who changed a section last; nothing where all is as the environment says. */
export function LastChange({ state, renderedAtMs }: { state: SectionState; renderedAtMs: number }) {
  if (state.changedAt === null) return 'Nothing was changed here: all is as the environment says.';
  return (
    <>
      Last changed by {state.changedBy ?? 'somebody who is gone'}{' '}
      <Ago atMs={state.changedAt} renderedAtMs={renderedAtMs} />.
    </>
  );
}
