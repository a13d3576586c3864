'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { TRIGGER_EVENTS } from '#lib/model/repository.ts';
import type { AllowRule } from '#lib/model/repository-schema.ts';
import { EVENT_WORDS } from './event-words.ts';

const NEW_RULE: AllowRule = { event: 'push', ref: 'main', workflow: null, environment: 'production' };

/** What of a repository may start a deployment, a line a combination; errors by their path below `allowed`. */
export function AllowRules(props: {
  rules: readonly AllowRule[];
  errors: ReadonlyMap<string, string>;
  onChange: (rules: AllowRule[]) => void;
}) {
  const { rules, errors, onChange } = props;
  const change = (at: number, part: Partial<AllowRule>) =>
    onChange(rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="text-sm font-medium">May start a deployment</legend>
      <p className="text-xs text-muted">
        Only these, and never anything from a fork. A * stands for a part of a branch’s or tag’s path, ** for
        several.
      </p>
      {[...rules.entries()].map(([i, rule]) => (
        <div
          key={i}
          className="grid min-w-0 items-start gap-3 rounded-md border border-line p-3 sm:grid-cols-4"
        >
          <SelectField
            label="Event"
            value={rule.event}
            onChange={({ currentTarget: { value } }) => {
              const event = TRIGGER_EVENTS.find((each) => each === value) ?? 'push';
              change(i, { event, workflow: event === 'workflow_run' ? '' : null });
            }}
          >
            {TRIGGER_EVENTS.map((event) => (
              <option key={event} value={event}>
                {EVENT_WORDS[event]}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Branch or tag"
            value={rule.ref}
            maxLength={200}
            error={errors.get(`allowed.${i}.ref`)}
            onChange={(event) => change(i, { ref: event.target.value })}
          />
          {rule.event === 'workflow_run' && (
            <TextField
              label="Workflow"
              value={rule.workflow ?? ''}
              maxLength={200}
              placeholder="deploy.yml"
              error={errors.get(`allowed.${i}.workflow`)}
              onChange={(event) => change(i, { workflow: event.target.value })}
            />
          )}
          <TextField
            label="Environment"
            value={rule.environment}
            maxLength={100}
            error={errors.get(`allowed.${i}.environment`)}
            onChange={(event) => change(i, { environment: event.target.value })}
          />
          <div className="sm:col-span-4">
            <Button
              size="sm"
              variant="ghost"
              icon={X}
              onClick={() => onChange(rules.filter((_, at) => at !== i))}
            >
              Remove rule {i + 1}
            </Button>
          </div>
        </div>
      ))}
      <div>
        <Button size="sm" icon={Plus} onClick={() => onChange([...rules, NEW_RULE])}>
          Add a rule
        </Button>
      </div>
    </fieldset>
  );
}
