'use client';

import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { useSave } from '#components/ui/use-save.ts';
import {
  FEATURE_FLAGS,
  type FeatureFlag,
  type FeatureFlags,
  type ValuesView,
} from '#lib/model/installation-settings.ts';
import { SaveOutcome } from './save-outcome.tsx';

export type SetFeatureFlags = BoundAction<
  { flags: Partial<Record<FeatureFlag, boolean | null>>; seen: number },
  unknown
>;

/** What each flag is for; `waitsFor` is what this version does not have yet, so that the switch changes nothing. */
const WORDS: Record<FeatureFlag, { title: string; text: string; waitsFor: string | null }> = {
  auto_scaling: {
    title: 'Automatic scaling',
    text: 'How many replicas the load of agents asks for, as a recommendation or done by Pitwall. Nothing is scaled while it is off. Needs Deployment automation.',
    waitsFor: null,
  },
  advanced_analytics: {
    title: 'Advanced analytics',
    text: 'For comparisons, cost trees and budgets.',
    waitsFor: 'there are no comparisons, cost trees and budgets yet',
  },
  deployment_automation: {
    title: 'Deployment automation',
    text: 'Opens Clusters and Repositories in the settings and, over the API, deployments, rollbacks, approvals and gates. Pages of deployments come later. What is under way when it is switched off is carried to its end.',
    waitsFor: null,
  },
  ai_recommendations: {
    title: 'Recommendations',
    text: 'For proposals of a model on what to look at and to change.',
    waitsFor: 'no model is asked for proposals yet',
  },
};

const onOff = (value: boolean): string => (value ? 'on' : 'off');

interface FlagRowProps {
  flag: FeatureFlag;
  view: ValuesView<FeatureFlags>;
  disabledReason: string | null;
  onChange: (value: boolean | null) => void;
}

function FlagRow({ flag, view, disabledReason, onChange }: FlagRowProps) {
  const { title, text, waitsFor } = WORDS[flag];
  const isSetHere = view.setHere.includes(flag);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-3 first:border-t-0">
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-sm font-medium">
          {title} <code className="ml-1 font-mono text-xs font-normal text-muted">{flag}</code>
        </p>
        <p className="text-xs text-muted">{text}</p>
        {waitsFor !== null && (
          <p className="text-xs text-muted">
            This switch changes nothing in this version: {waitsFor}. What comes will follow it.
          </p>
        )}
        {isSetHere && (
          <p className="text-xs text-muted">
            Set here; the environment says {onOff(view.environment[flag])}.
          </p>
        )}
      </div>
      {isSetHere && (
        <Button
          size="sm"
          variant="ghost"
          disabledReason={disabledReason}
          aria-label={`${title}: use the environment’s value`}
          onClick={() => onChange(null)}
        >
          Use the environment’s
        </Button>
      )}
      <Switch label={title} checked={view.values[flag]} disabledReason={disabledReason} onChange={onChange} />
    </li>
  );
}

/** The features of the installation; a flip is saved at once. */
export function FeatureFlagList(props: {
  view: ValuesView<FeatureFlags>;
  save: SetFeatureFlags;
  disabledReason: string | null;
}) {
  const { view, disabledReason } = props;
  const { save, pending, failure } = useSave(props.save);
  return (
    <div className="flex max-w-2xl flex-col gap-3">
      <Card label="Features">
        {view.setHere.length < FEATURE_FLAGS.length && (
          <p className="border-b border-line px-4 py-2 text-xs text-muted">
            {view.setHere.length === 0 ? 'From the environment.' : 'From the environment, unless set here.'}
          </p>
        )}
        <ul>
          {FEATURE_FLAGS.map((flag) => (
            <FlagRow
              key={flag}
              flag={flag}
              view={view}
              disabledReason={disabledReason}
              onChange={(value) => save({ flags: { [flag]: value }, seen: view.version })}
            />
          ))}
        </ul>
      </Card>
      <SaveOutcome failure={failure} done={pending ? 'Saving' : ''} />
    </div>
  );
}
