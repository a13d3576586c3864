'use client';

import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { errorsBelow } from '#components/ui/errors-below.ts';
import { TextField } from '#components/ui/field.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { LabelMatcher } from '#lib/model/alert.ts';
import type { InhibitionView, KnownLabels } from '#lib/model/mute.ts';
import { MatcherFields } from './matcher-fields.tsx';
import { Matchers } from './matchers.tsx';

type Values = Omit<InhibitionView, 'id'>;
interface Actions {
  create: BoundAction<Values, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
}

interface InhibitionRulesProps {
  rules: readonly InhibitionView[];
  known: KnownLabels;
  /** Null for people who may only look. */
  actions: Actions | null;
}

/** What keeps what quiet while it fires. A rule never changes: another one takes its place. */
export function InhibitionRules({ rules, known, actions }: InhibitionRulesProps) {
  const [adding, setAdding] = useState(false);
  return (
    <Card label="Inhibition">
      <CardHeader title="Inhibition" hint="a firing cause keeps its effects quiet">
        {actions && !adding && (
          <Button size="sm" icon={Plus} onClick={() => setAdding(true)}>
            Add
          </Button>
        )}
      </CardHeader>
      {rules.length === 0 && !adding && (
        <p className="px-4 pb-4 text-sm text-muted">
          No alert keeps another quiet. For example: while a critical alert of an agent fires, its warnings
          need not be told.
        </p>
      )}
      <ul>
        {rules.map((rule) => (
          <RuleLine key={rule.id} rule={rule} remove={actions?.remove ?? null} />
        ))}
      </ul>
      {actions && adding && (
        <InhibitionForm known={known} create={actions.create} onDone={() => setAdding(false)} />
      )}
    </Card>
  );
}

function RuleLine({ rule, remove }: { rule: InhibitionView; remove: Actions['remove'] | null }) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 text-sm">
      <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1">
        <span className="font-medium wrap-anywhere">{rule.name}</span>
        <span className="flex flex-wrap items-baseline gap-1.5 text-xs text-muted">
          while <Matchers matchers={rule.source} /> fires, <Matchers matchers={rule.target} /> is quiet
          {rule.equal.length > 0 && <> where {rule.equal.join(' and ')} are the same</>}
        </span>
      </div>
      {remove && <RemoveRule id={rule.id} remove={remove} />}
    </li>
  );
}

function RemoveRule({ id, remove }: { id: string; remove: Actions['remove'] }) {
  const [asked, setAsked] = useState(false);
  const { save, pending, failure } = useSave(remove);
  if (!asked)
    return (
      <Button size="sm" variant="danger" onClick={() => setAsked(true)}>
        Delete
      </Button>
    );
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-xs text-muted">What it keeps quiet is told again.</span>
      <Button size="sm" onClick={() => setAsked(false)}>
        Keep it
      </Button>
      <Button size="sm" variant="danger" pending={pending} onClick={() => save({ id })}>
        Delete it
      </Button>
      <SaveFailure failure={failure} />
    </div>
  );
}

const is = (name: string, value: string): LabelMatcher => ({ name, operator: '=', value });

function InhibitionForm(props: { known: KnownLabels; create: Actions['create']; onDone: () => void }) {
  const { known, create, onDone } = props;
  const { save, pending, failure } = useSave(create, onDone);
  const [name, setName] = useState('');
  const [source, setSource] = useState([is('severity', 'critical')]);
  const [target, setTarget] = useState([is('severity', 'warning')]);
  const [equal, setEqual] = useState('agent');
  const errors = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const names = equal.split(',').map((each) => each.trim());
    save({ name, source, target, equal: names.filter((each) => each !== '') });
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4 border-t border-line p-4 sm:grid-cols-2">
      <TextField
        label="Name"
        value={name}
        placeholder="Critical hides warnings"
        error={errors.get('name')}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Where these labels are the same"
        value={equal}
        hint="By commas; a label that both lack is the same."
        error={[...errorsBelow(errors, 'equal').values()][0]}
        onChange={(event) => setEqual(event.target.value)}
      />
      <MatcherFields
        legend="While an alert fires whose"
        matchers={source}
        known={known}
        errors={errorsBelow(errors, 'source')}
        onChange={setSource}
      />
      <MatcherFields
        legend="Alerts are quiet whose"
        matchers={target}
        known={known}
        errors={errorsBelow(errors, 'target')}
        onChange={setTarget}
      />
      <div className="flex flex-wrap items-center justify-end gap-2 sm:col-span-2">
        {failure && failure.issues.length === 0 && <SaveFailure failure={failure} />}
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          Add inhibition
        </Button>
      </div>
    </form>
  );
}
