'use client';

import { LineInput, SelectField, TextField } from '#components/ui/field.tsx';
import { GATE_METRICS, type GateMetric, isRate } from '#lib/model/gate.ts';
import { type GateDraft, usualMargin } from './gate-draft.ts';

const NAMES: Record<GateMetric, string> = {
  error_rate: 'Error rate',
  tool_failure_rate: 'Failure rate of tools',
  p95_latency: 'p95 latency',
  cost: 'Cost a run',
  tokens: 'Tokens a run',
};

/** How each version is judged by its telemetry before its deployment is complete. */
export function GateFields(props: {
  draft: GateDraft;
  errors: ReadonlyMap<string, string>;
  /** What may be asked of servers of metrics, as `source / template`. */
  questions: readonly string[];
  onChange: (draft: GateDraft) => void;
}) {
  const { draft, errors, onChange } = props;
  const set = (part: Partial<GateDraft>) => onChange({ ...draft, ...part });
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <label className="touch inline-flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={draft.isOn}
          onChange={({ target }) => set({ isOn: target.checked })}
        />
        Judge each version by its telemetry before its deployment is complete
      </label>
      {draft.isOn && (
        <>
          <Measures draft={draft} set={set} errors={errors} />
          <Questions draft={draft} set={set} known={props.questions} />
          <Times draft={draft} set={set} errors={errors} />
          <Undecided draft={draft} set={set} errors={errors} />
        </>
      )}
    </div>
  );
}

interface PartProps {
  draft: GateDraft;
  set: (part: Partial<GateDraft>) => void;
  errors: ReadonlyMap<string, string>;
}

function Measures({ draft, set, errors }: PartProps) {
  const { margins } = draft;
  const fault = errors.get('metrics') ?? [...errors].find(([path]) => path.startsWith('margins.'))?.[1];
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="pb-1.5 text-sm font-medium">Fails where it is worse than before by more than</legend>
      {GATE_METRICS.map((metric) => {
        const margin = margins[metric];
        const change = (text: string | null) => set({ margins: { ...margins, [metric]: text } });
        return (
          <div key={metric} className="flex min-h-8 flex-wrap items-center gap-2 text-sm">
            <label className="touch flex basis-48 items-center gap-2">
              <input
                type="checkbox"
                checked={margin !== null}
                onChange={({ target }) => change(target.checked ? usualMargin(metric) : null)}
              />
              {NAMES[metric]}
            </label>
            {margin !== null && (
              <span className="inline-flex items-center gap-2">
                <span className="w-20">
                  <LineInput
                    label={`Tolerance of ${NAMES[metric]}`}
                    inputMode="decimal"
                    value={margin}
                    invalid={errors.has(`margins.${metric}`)}
                    onChange={({ target }) => change(target.value)}
                  />
                </span>
                <span className="text-muted">{isRate(metric) ? 'points' : '%'}</span>
              </span>
            )}
          </div>
        );
      })}
      {fault !== undefined && (
        <p role="alert" className="text-xs text-critical-text">
          {fault}
        </p>
      )}
    </fieldset>
  );
}

function Questions({ draft, set, known }: Omit<PartProps, 'errors'> & { known: readonly string[] }) {
  const { questions } = draft;
  const all = [...new Set([...known, ...questions])];
  if (all.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1.5 text-sm font-medium">And these servers of metrics say that it passes</legend>
      {all.map((name) => (
        <label key={name} className="touch flex items-center gap-2 text-sm wrap-anywhere">
          <input
            type="checkbox"
            checked={questions.includes(name)}
            onChange={({ target }) =>
              set({
                questions: target.checked ? [...questions, name] : questions.filter((each) => each !== name),
              })
            }
          />
          {name}
          {!known.includes(name) && <span className="text-critical-text">is not there any more</span>}
        </label>
      ))}
    </fieldset>
  );
}

function Times({ draft, set, errors }: PartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="For how long"
        value={draft.duration}
        hint="From 10s up to 7d."
        error={errors.get('durationSeconds')}
        onChange={({ target }) => set({ duration: target.value })}
      />
      <TextField
        label="Looks"
        inputMode="numeric"
        value={draft.looks}
        hint="Spread evenly over that time; each may end it."
        error={errors.get('looks') ?? errors.get('definition.looks')}
        onChange={({ target }) => set({ looks: target.value })}
      />
      <TextField
        label="Runs that each version needs"
        inputMode="numeric"
        value={draft.minimumRuns}
        hint="Fewer never pass. A p95 needs about 160."
        error={errors.get('minimumRuns') ?? errors.get('definition.minimumRuns')}
        onChange={({ target }) => set({ minimumRuns: target.value })}
      />
      <SelectField
        label="From when on"
        value={draft.begins}
        onChange={({ target }) => set({ begins: target.value as GateDraft['begins'] })}
      >
        <option value="complete">Once the rollout is complete</option>
        <option value="applied">While the rollout goes on</option>
      </SelectField>
    </div>
  );
}

function Undecided({ draft, set, errors }: PartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="If the last look decides nothing"
        value={draft.onUndecided}
        onChange={({ target }) => set({ onUndecided: target.value as GateDraft['onUndecided'] })}
      >
        <option value="pause">Wait for a person</option>
        <option value="fail">Fail</option>
        <option value="pass">Pass</option>
      </SelectField>
      {draft.onUndecided === 'pause' && (
        <TextField
          label="Fails when nobody decides within"
          value={draft.hold}
          error={errors.get('holdMinutes')}
          onChange={({ target }) => set({ hold: target.value })}
        />
      )}
    </div>
  );
}
