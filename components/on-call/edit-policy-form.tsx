'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import type { PolicyView } from '#lib/model/on-call-view.ts';
import { PolicyForm, type PolicyValues, type TargetChoice } from './policy-form.tsx';

type Update = BoundAction<PolicyValues & { id: string; ifUpdatedAt: number }, { id: string }>;

/** Changes a policy as it was seen; a change by somebody else in between is refused. */
export function EditPolicyForm(props: {
  policy: PolicyView;
  targets: readonly TargetChoice[];
  update: Update;
}) {
  const { id, name, steps, repeat, updatedAt } = props.policy;
  return (
    <PolicyForm
      values={{ name, steps, repeat }}
      targets={props.targets}
      save={(values) => props.update({ ...values, id, ifUpdatedAt: updatedAt })}
    />
  );
}
