import { SelectField, TextField } from '#components/ui/field.tsx';
import type { ScalingDraft } from './form-values.ts';

const TARGETS: Record<ScalingDraft['by'], { label: string; hint: string } | null> = {
  request_rate: { label: 'Runs a minute, for each replica', hint: 'Replicas share all runs of the agent.' },
  queue_depth: { label: 'Waiting, for each replica', hint: 'So much may wait for each replica.' },
  p95_latency: { label: 'Milliseconds', hint: '95 of 100 runs are to end within it.' },
  budget: null,
};

interface LoadFieldsProps {
  draft: ScalingDraft;
  errors: ReadonlyMap<string, string>;
  set: (part: Partial<ScalingDraft>) => void;
}

/** What the agent is scaled by, and its target. */
export function LoadFields({ draft, errors, set }: LoadFieldsProps) {
  const target = TARGETS[draft.by];
  return (
    <>
      <SelectField
        label="Load"
        name="by"
        value={draft.by}
        onChange={({ currentTarget }) => set({ by: currentTarget.value as ScalingDraft['by'] })}
        error={errors.get('load')}
      >
        <option value="request_rate">Request rate</option>
        <option value="queue_depth">Queue depth</option>
        <option value="p95_latency">p95 latency</option>
        <option value="budget">Budget alone</option>
      </SelectField>
      {target && (
        <TextField
          label={target.label}
          name="target"
          inputMode="decimal"
          autoComplete="off"
          value={draft.target}
          onChange={({ currentTarget }) => set({ target: currentTarget.value })}
          hint={target.hint}
          error={errors.get('load.target')}
        />
      )}
      {draft.by === 'queue_depth' && (
        <>
          <TextField
            label="Metric"
            name="metric"
            autoComplete="off"
            maxLength={255}
            placeholder="jobs.waiting"
            value={draft.metric}
            onChange={({ currentTarget }) => set({ metric: currentTarget.value })}
            hint="Name of the OTLP metric that the agent sends."
            error={errors.get('load.metric')}
          />
          <SelectField
            label="Each instance reports"
            name="reports"
            value={draft.reports}
            onChange={({ currentTarget }) => set({ reports: currentTarget.value as ScalingDraft['reports'] })}
          >
            <option value="whole_queue">the whole queue</option>
            <option value="own_part">what waits for itself</option>
          </SelectField>
        </>
      )}
    </>
  );
}
