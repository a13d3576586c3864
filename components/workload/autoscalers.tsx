'use client';

import { type FormEvent, useId, useState } from 'react';
import { ActFailure } from '#components/ui/act-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import type { AutoscalerView, WorkloadView } from '#lib/model/workload.ts';
import { useAct, type WorkloadActs } from './act-on.ts';

type Metric = AutoscalerView['metrics'][number];

const withUnit = (value: string, unit: Metric['unit']) => (unit === 'percent' ? `${value} %` : value);

function MetricLine({ metric }: { metric: Metric }) {
  const { says, target, unit, current, unknownReason } = metric;
  return (
    <li className="text-sm wrap-anywhere">
      {says}: <span className="font-medium">{current === null ? 'unknown' : withUnit(current, unit)}</span>,
      target {withUnit(target, unit)}
      {unknownReason !== null && <span className="block text-xs text-warning-text">{unknownReason}</span>}
    </li>
  );
}

interface EditProps {
  view: WorkloadView;
  autoscaler: AutoscalerView;
  act: WorkloadActs['setAutoscaler'];
  onClose: () => void;
  onDone: () => void;
}

/** Limits and targets of an autoscaler. */
function EditDialog({ view, autoscaler, act, onClose, onDone }: EditProps) {
  const form = useId();
  const { run, pending, failure } = useAct(act, onDone);
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const targets = autoscaler.metrics.flatMap(({ key, target }) => {
      const wanted = text(key);
      return wanted === target ? [] : [{ metric: key, target: wanted }];
    });
    const limits = { minReplicas: Number(text('minReplicas')), maxReplicas: Number(text('maxReplicas')) };
    run({ agentId: view.agentId, autoscaler: autoscaler.name, ...limits, targets });
  };
  return (
    <Dialog
      open
      title={`Edit ${autoscaler.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="At least"
          name="minReplicas"
          inputMode="numeric"
          defaultValue={autoscaler.minReplicas}
          error={errors.get('minReplicas')}
        />
        <TextField
          label="At most"
          name="maxReplicas"
          inputMode="numeric"
          defaultValue={autoscaler.maxReplicas}
          error={errors.get('maxReplicas')}
        />
        {autoscaler.metrics.map(({ key, says, target, unit }) => (
          <TextField
            key={key}
            label={`Target: ${says}`}
            name={key}
            defaultValue={target}
            hint={unit === 'percent' ? 'A whole percentage.' : 'A quantity, as 30 or 500m.'}
          />
        ))}
        {view.revertWarning !== null && (
          <p className="text-warning-text wrap-anywhere">{view.revertWarning}</p>
        )}
        <ActFailure failure={failure} />
      </form>
    </Dialog>
  );
}

interface AutoscalersProps {
  view: WorkloadView;
  act: WorkloadActs['setAutoscaler'];
  refresh: () => void;
}

/** What scales a workload by itself, by which measures, and why it does not where it does not. */
export function Autoscalers({ view, act, refresh }: AutoscalersProps) {
  const [edited, setEdited] = useState<AutoscalerView | null>(null);
  const { autoscalers, autoscalersUnknown, can } = view;
  if (autoscalers.length === 0 && autoscalersUnknown === null) return null;
  const close = () => setEdited(null);
  return (
    <Card label="Autoscaler">
      <CardHeader title="Autoscaler" />
      {autoscalersUnknown !== null && (
        <p className="px-4 pb-4 text-sm text-muted wrap-anywhere">
          Whether something scales it is not known: {autoscalersUnknown}
        </p>
      )}
      {autoscalers.map((each) => (
        <div
          key={each.name}
          className="flex flex-wrap items-start gap-x-6 gap-y-2 border-t border-line px-4 py-3"
        >
          <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
            <p className="text-sm wrap-anywhere">
              <span className="font-medium">{each.name}</span> keeps it between {each.minReplicas} and{' '}
              {each.maxReplicas} pods{each.desiredReplicas !== null && `; it wants ${each.desiredReplicas}`}.
            </p>
            {each.trouble !== null && (
              <p className="text-sm text-warning-text wrap-anywhere">{each.trouble}</p>
            )}
            <ul className="flex flex-col gap-1">
              {each.metrics.map((metric) => (
                <MetricLine key={metric.key} metric={metric} />
              ))}
            </ul>
          </div>
          <Button
            size="sm"
            disabledReason={can.setAutoscaler.allowed ? null : can.setAutoscaler.reason}
            onClick={() => setEdited(each)}
          >
            Edit
          </Button>
        </div>
      ))}
      {edited && (
        <EditDialog
          view={view}
          autoscaler={edited}
          act={act}
          onClose={close}
          onDone={() => {
            close();
            refresh();
          }}
        />
      )}
    </Card>
  );
}
