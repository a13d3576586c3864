'use client';

import { MatcherFields } from '#components/alert-routing/matcher-fields.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { RULE_TYPES, type RuleType } from '#lib/model/alert.ts';
import { ANY_TELEMETRY, RULE_GROUPINGS } from '#lib/model/alert-rule.ts';
import { isOfRuns } from '#lib/model/looks-at-runs.ts';
import { METRIC_MEASURES, OPERATION_MEASURES } from '#lib/model/metric.ts';
import { ChosenAgents } from './chosen-agents.tsx';
import type { EditorChoices } from './editor-choices.ts';
import { EditorSection } from './editor-section.tsx';
import type { DraftState } from './use-draft.ts';
import { GROUPING_WORDS, measureLabel, TYPE_WORDS } from './words.ts';

/** Numbers that are a good start where only the type was chosen. */
const STARTS: Record<RuleType, Parameters<DraftState['set']>[0]> = {
  ratio: { metric: 'operations', critical: '20', window: '5m', noData: 'normal' },
  threshold: {
    metric: 'operations',
    measure: 'latency_p95',
    critical: '5000',
    window: '5m',
    noData: 'normal',
  },
  rate_of_change: {
    metric: 'operations',
    measure: 'tokens',
    critical: '100',
    window: '5m',
    noData: 'normal',
  },
  absence: { metric: ANY_TELEMETRY, critical: '5m', groupBy: 'agent', for: '0s', noData: 'alerting' },
  anomaly: { metric: 'operations', measure: 'requests', critical: '6', window: '10m', noData: 'normal' },
  burn_rate: { metric: 'operations', critical: '14.4', window: '1h', for: '0s', noData: 'normal' },
};

/** What a measure is of where nothing else was chosen. */
const OF_RUNS = { of: '' } as const;

const chosenType = (type: RuleType) => ({
  ...{ warning: '', recoveryWarning: '', recoveryCritical: '', operator: '>' as const },
  ...STARTS[type],
  ...OF_RUNS,
  type,
});

/** What the rule looks at: kind of rule, metric and measure, whose, and for whom it counts apart. */
export function WhatSection({ state, choices }: { state: DraftState; choices: EditorChoices }) {
  const { draft, set, errors } = state;
  return (
    <EditorSection title="What to watch" hint={TYPE_WORDS[draft.type].hint}>
      <SelectField
        label="Kind of rule"
        value={draft.type}
        onChange={(event) => set(chosenType(event.target.value as RuleType))}
      >
        {RULE_TYPES.map((type) => (
          <option key={type} value={type}>
            {TYPE_WORDS[type].label}
          </option>
        ))}
      </SelectField>
      <Measured state={state} choices={choices} />
      {draft.type !== 'absence' && (
        <SelectField
          label="Counted apart for"
          value={draft.groupBy}
          error={errors.get('groupBy')}
          hint="Each fires and resolves on its own."
          onChange={(event) => set({ groupBy: event.target.value as typeof draft.groupBy })}
        >
          {RULE_GROUPINGS.map((grouping) => (
            <option key={grouping} value={grouping}>
              {GROUPING_WORDS[grouping]}
            </option>
          ))}
        </SelectField>
      )}
      <div className="flex flex-col gap-4 sm:col-span-2">
        <MatcherFields
          legend="Only agents whose"
          hint="Without conditions it watches all of them, and those that come later."
          closed
          matchers={draft.matchers}
          known={choices.labels}
          errors={errorsBelow(errors, 'source.matchers')}
          onChange={(matchers) => set({ matchers })}
        />
        <ChosenAgents
          agents={choices.agents}
          chosen={draft.agentIds}
          typed={draft.agentTyped}
          error={errors.get('agentTyped')}
          onChange={set}
        />
      </div>
    </EditorSection>
  );
}

const RATIOS = [
  ['error_rate', 'Error rate'],
  ['cost_per_run', 'Cost per run'],
  ['tokens_per_run', 'Tokens per run'],
] as const;

function Measured({ state, choices }: { state: DraftState; choices: EditorChoices }) {
  const { draft, set, errors } = state;
  if (draft.type === 'burn_rate')
    return (
      <>
        <TextField
          label="Error budget, %"
          hint="Share of what is counted that may fail."
          inputMode="decimal"
          value={draft.budget}
          error={errors.get('budget')}
          onChange={(event) => set({ budget: event.target.value })}
        />
        <Counted state={state} />
      </>
    );
  if (draft.type === 'ratio')
    return (
      <>
        <SelectField
          label="Ratio"
          value={draft.ratio}
          onChange={({ target }) => {
            const ratio = target.value as typeof draft.ratio;
            set({ ratio, ...(ratio !== 'error_rate' && OF_RUNS) });
          }}
        >
          {RATIOS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        {draft.ratio === 'error_rate' && <Counted state={state} />}
      </>
    );
  return <MetricPicker state={state} metrics={choices.metrics} />;
}

/** What requests, errors and latencies are of: an agent that sends no run spans is seen by its calls only. */
function Counted({ state: { draft, set } }: { state: DraftState }) {
  const { of, model } = draft;
  return (
    <SelectField
      label="Of"
      value={of === 'agent' ? '' : of || (model === '' ? '' : 'model')}
      hint="Agents that send no run spans are seen by their calls only."
      onChange={(event) => set({ of: event.target.value as typeof draft.of })}
    >
      <option value="">Runs of agents</option>
      <option value="model">Model calls</option>
      <option value="tool">Tool calls</option>
    </SelectField>
  );
}

function MetricPicker({ state, metrics }: { state: DraftState; metrics: EditorChoices['metrics'] }) {
  const { draft, set, errors } = state;
  const isOfSpans = draft.metric === 'operations';
  const measures = isOfSpans ? OPERATION_MEASURES : METRIC_MEASURES;
  const isAbsence = draft.type === 'absence';
  const names = new Set([...metrics.map(({ metric }) => metric), draft.metric]);
  names.delete('operations');
  names.delete(ANY_TELEMETRY);
  const choose = (metric: string) =>
    set({ metric, measure: metric === 'operations' ? 'requests' : isAbsence ? 'count' : 'avg', ...OF_RUNS });
  return (
    <>
      <SelectField
        label="Metric"
        value={draft.metric}
        error={errors.get('source.metric')}
        onChange={(event) => choose(event.target.value)}
      >
        {isAbsence && <option value={ANY_TELEMETRY}>Any telemetry</option>}
        <option value="operations">{isAbsence ? 'Runs' : 'Runs, errors, latency, tokens, cost'}</option>
        {names.size > 0 && (
          <optgroup label="Sent by your agents">
            {[...names].sort().map((name) => (
              <option key={name}>{name}</option>
            ))}
          </optgroup>
        )}
      </SelectField>
      {!isAbsence && (
        <SelectField
          label="Measure"
          value={draft.measure}
          error={errors.get('source.measure')}
          onChange={({ target: { value } }) => set({ measure: value, ...(!isOfRuns(value) && OF_RUNS) })}
        >
          {measures.map((measure) => (
            <option key={measure} value={measure}>
              {measureLabel(draft.metric, measure, draft.of)}
            </option>
          ))}
        </SelectField>
      )}
      {isOfSpans && isOfRuns(draft.measure) && <Counted state={state} />}
    </>
  );
}
