import type { BoundAction } from './bound-action.ts';

/** How a form that makes and changes the same thing saves: what `kept` says of the changed one goes with its values. */
export type Saving<V, K, R> = { create: BoundAction<V, R> } | { update: BoundAction<V & K, R>; kept: K };

/** The one action of a form. */
export function savingAction<V, K, R>(saving: Saving<V, K, R>): BoundAction<V, R> {
  return (values) =>
    'create' in saving ? saving.create(values) : saving.update({ ...values, ...saving.kept });
}
