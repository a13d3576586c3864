import { ActFailure } from '#components/ui/act-failure.tsx';
import type { ShownFailure } from '#components/ui/bound-action.ts';

/** What became of saving settings. `proveAgain` leads to where a stale sign-in is renewed. */
export function SaveOutcome(props: { failure: ShownFailure | null; done: string; proveAgain?: string }) {
  if (props.failure) return <ActFailure failure={props.failure} proveAgain={props.proveAgain} />;
  return (
    <p role="status" className="text-sm text-muted">
      {props.done}
    </p>
  );
}
