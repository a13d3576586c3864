'use client';

import { type FormEvent, useRef, useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import { SaveFailure } from '#components/ui/save-failure.tsx';
import { useSave } from '#components/ui/use-save.ts';
import type { ContactsView } from '#lib/model/on-call-view.ts';
import { placed } from './placed.ts';

type Method = ContactsView['methods'][number];
type Importance = ContactsView['rules'][number]['importance'];
interface RuleValues {
  delayMinutes: number;
  contactMethodId: string;
}

interface ContactActions {
  create: BoundAction<{ kind: 'email' | 'webhook'; name: string; address: string }, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  setRules: BoundAction<{ importance: Importance; rules: RuleValues[] }, { count: number }>;
}

function methodWords({ kind, address, devices }: Method): string {
  if (kind === 'push') return devices === 1 ? '1 device' : `${devices} devices`;
  return kind === 'webhook' ? `gateway at ${address}` : address;
}

function MethodRow({ method, remove }: { method: Method; remove: ContactActions['remove'] }) {
  const { save, pending, failure } = useSave(remove);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-sm first:border-t-0">
      <span className="min-w-0 flex-1">
        <span className="font-medium">{method.name}</span>
        <span className="block text-xs text-muted wrap-anywhere">{methodWords(method)}</span>
        {method.kind === 'push' && method.devices === 0 && (
          <span className="block text-xs text-critical-text">No reachable device</span>
        )}
      </span>
      {!method.isAccount && (
        <Button
          size="sm"
          variant="danger"
          pending={pending}
          onClick={() => save({ id: method.id })}
          aria-label={`Remove ${method.name}`}
        >
          Remove
        </Button>
      )}
      <SaveFailure failure={failure} />
    </li>
  );
}

function NewMethod({ create }: { create: ContactActions['create'] }) {
  const form = useRef<HTMLFormElement>(null);
  const [kind, setKind] = useState<'email' | 'webhook'>('email');
  const { save, pending, failure } = useSave(create, () => {
    form.current?.reset();
    setKind('email');
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? '');
    save({ kind, name: text('name'), address: text('address') });
  };
  return (
    <form ref={form} onSubmit={submit} className="flex flex-col gap-3 border-t border-line px-4 py-3">
      <div className="grid gap-3 sm:grid-cols-3">
        <SelectField
          label="Kind"
          value={kind}
          onChange={({ target }) => setKind(target.value === 'webhook' ? 'webhook' : 'email')}
        >
          <option value="email">E-mail</option>
          <option value="webhook">Gateway for SMS or voice</option>
        </SelectField>
        <TextField label="Name" name="name" required maxLength={80} placeholder="Private mail" />
        <TextField
          label="Address"
          name="address"
          type={kind === 'email' ? 'email' : 'url'}
          placeholder={kind === 'email' ? 'name@example.com' : 'https://gateway.example/sms'}
          required
          maxLength={2000}
          {...(kind === 'webhook' && {
            hint: 'Messages to it are not signed: put what it knows us by into the address.',
          })}
        />
      </div>
      <SaveFailure failure={failure} />
      <div>
        <Button type="submit" pending={pending}>
          Add
        </Button>
      </div>
    </form>
  );
}

const TITLES = { urgent: 'Errors and critical alerts', default: 'Warnings and information' };

function Rules(props: {
  importance: Importance;
  contacts: ContactsView;
  setRules: ContactActions['setRules'];
}) {
  const { importance, contacts, setRules } = props;
  const [rules, setOwn] = useState<RuleValues[]>(() =>
    contacts.rules
      .filter((rule) => rule.importance === importance)
      .map(({ delayMinutes, contactMethodId }) => ({ delayMinutes, contactMethodId })),
  );
  const { save, pending, failure } = useSave(setRules);
  const change = (at: number, values: Partial<RuleValues>) =>
    setOwn(rules.map((one, i) => (i === at ? { ...one, ...values } : one)));
  const first = contacts.methods[0]?.id ?? '';
  return (
    <Card label={TITLES[importance]}>
      <CardHeader title={TITLES[importance]} />
      <div className="flex flex-col gap-3 px-4 pb-4">
        {rules.length === 0 && <p className="text-sm text-muted">You are told by every way at once.</p>}
        {placed(rules).map(({ place: at, value: rule }) => (
          <div key={at} className="flex flex-wrap items-end gap-2">
            <div className="w-28">
              <TextField
                label="After minutes"
                type="number"
                min={0}
                max={1440}
                required
                value={rule.delayMinutes}
                onChange={({ target }) => change(at, { delayMinutes: Number(target.value) })}
              />
            </div>
            <SelectField
              label="By"
              value={rule.contactMethodId}
              onChange={({ target }) => change(at, { contactMethodId: target.value })}
            >
              {contacts.methods.map((method) => (
                <option key={method.id} value={method.id}>
                  {method.name}
                </option>
              ))}
            </SelectField>
            <Button variant="ghost" onClick={() => setOwn(rules.filter((_one, i) => i !== at))}>
              Remove
            </Button>
          </div>
        ))}
        <SaveFailure failure={failure} />
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            onClick={() => setOwn([...rules, { delayMinutes: rules.length * 5, contactMethodId: first }])}
          >
            Add rule
          </Button>
          <Button size="sm" variant="primary" pending={pending} onClick={() => save({ importance, rules })}>
            Save rules
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** By which ways a person is reached, and when by which. */
export function Contacts({ contacts, actions }: { contacts: ContactsView; actions: ContactActions }) {
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card label="Ways to reach you">
        <CardHeader title="Ways to reach you" />
        <ul>
          {contacts.methods.map((method) => (
            <MethodRow key={method.id} method={method} remove={actions.remove} />
          ))}
        </ul>
        <NewMethod create={actions.create} />
      </Card>
      {(['urgent', 'default'] as const).map((importance) => (
        <Rules key={importance} importance={importance} contacts={contacts} setRules={actions.setRules} />
      ))}
    </div>
  );
}
