'use client';

import { clsx } from 'clsx';
import { Plus, Search } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useUrlState } from '#components/shell/use-url-state.ts';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { LineInput, Select } from '#components/ui/field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { Severity } from '#components/ui/severity.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { toast } from '#components/ui/toast.tsx';
import { RULE_TYPES } from '#lib/model/alert.ts';
import type { RuleRow } from '#lib/model/alert-rule-view.ts';
import { paths } from '#lib/model/paths.ts';
import { RuleState, STATE_LOOKS } from './rule-state.tsx';
import { healthWords, type RuleState as State, stateOf } from './rules-verdict.ts';
import { TYPE_WORDS } from './words.ts';

type Update = BoundAction<{ id: string; enabled: boolean }, { id: string }>;

interface RuleListProps {
  rules: readonly RuleRow[];
  /** Null for people who may only look. */
  update: Update | null;
  renderedAtMs: number;
}

const STATES = Object.keys(STATE_LOOKS) as State[];

/** All rules with what they do now; filters live in the address. */
export function RuleList({ rules, update, renderedAtMs }: RuleListProps) {
  const [params] = useUrlState();
  const [state, type, text] = [params.get('state'), params.get('type'), params.get('q')?.toLowerCase() ?? ''];
  const shown = rules.filter(
    (rule) =>
      (!state || stateOf(rule) === state) &&
      (!type || rule.type === type) &&
      rule.name.toLowerCase().includes(text),
  );
  if (rules.length === 0) return <NoRules mayCreate={update !== null} />;
  return (
    <>
      <Facets rules={rules} />
      {shown.length === 0 ? (
        <StateMessage kind="empty" compact title="No rule passes these filters" />
      ) : (
        <Card label="Rules">
          <ul>
            {shown.map((rule) => (
              <RuleLine key={rule.id} rule={rule} update={update} renderedAtMs={renderedAtMs} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function NoRules({ mayCreate }: { mayCreate: boolean }) {
  return (
    <StateMessage
      kind="empty"
      title="No rules yet"
      action={
        mayCreate && (
          <ButtonLink href={paths.newAlertRule()} variant="primary" icon={Plus}>
            New rule
          </ButtonLink>
        )
      }
    >
      A starter pack comes with the first agent that sends telemetry. Until then, or beside it, make your own.
    </StateMessage>
  );
}

function Facets({ rules }: { rules: readonly RuleRow[] }) {
  const [params, write] = useUrlState();
  const set = (name: string, value: string) =>
    write((search) => (value === '' ? search.delete(name) : search.set(name, value)), 'replace');
  const chosen = params.get('state') ?? '';
  return (
    <search className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-0 grow basis-44 md:max-w-72">
        <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-muted">
          <Icon of={Search} />
        </span>
        <LineInput
          label="Find rules"
          type="search"
          placeholder="Name"
          defaultValue={params.get('q') ?? ''}
          className="pl-8"
          onChange={(event) => set('q', event.target.value.trim())}
        />
      </div>
      <fieldset className="scroll-quiet flex min-w-0 max-w-full gap-1 overflow-x-auto">
        <legend className="sr-only">State</legend>
        {STATES.map((state) => {
          const count = rules.filter((rule) => stateOf(rule) === state).length;
          if (count === 0 && chosen !== state) return null;
          return (
            <button
              key={state}
              type="button"
              aria-pressed={chosen === state}
              onClick={() => set('state', chosen === state ? '' : state)}
              className={clsx(
                'touch inline-flex h-8 items-center gap-1.5 rounded-md border px-2 text-xs whitespace-nowrap',
                chosen === state ? 'border-ink bg-selected' : 'border-line-strong bg-surface hover:bg-hover',
              )}
            >
              <RuleState state={state} />
              <span className="text-muted">{count}</span>
            </button>
          );
        })}
      </fieldset>
      <Select
        label="Kind of rule"
        value={params.get('type') ?? ''}
        onChange={(event) => set('type', event.target.value)}
      >
        <option value="">Any kind</option>
        {RULE_TYPES.map((type) => (
          <option key={type} value={type}>
            {TYPE_WORDS[type].label}
          </option>
        ))}
      </Select>
    </search>
  );
}

function RuleLine({ rule, update, renderedAtMs }: { rule: RuleRow } & Omit<RuleListProps, 'rules'>) {
  const router = useRouter();
  const [enabled, setEnabled] = useState(rule.enabled);
  const toggle = async (next: boolean) => {
    setEnabled(next);
    const answer = await update?.({ id: rule.id, enabled: next });
    if (answer && !answer.ok) {
      setEnabled(!next);
      toast({ tone: 'critical', text: `${rule.name} is as it was. ${answer.error.message}` });
    }
    router.refresh();
  };
  const instances = [
    ...(rule.firing > 0 ? [`${rule.firing} firing`] : []),
    ...(rule.recovering > 0 ? [`${rule.recovering} recovering`] : []),
    ...(rule.pending > 0 ? [`${rule.pending} pending`] : []),
  ];
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm first:border-t-0 hover:bg-hover md:grid-cols-[minmax(0,1fr)_150px_170px_120px_44px]">
      <span className="min-w-0">
        <Link
          href={paths.alertRule(rule.id)}
          prefetch={false}
          className="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {rule.name}
        </Link>
        <span className="block truncate text-xs text-muted">
          {TYPE_WORDS[rule.type].label} · {healthWords({ ...rule, enabled })}
        </span>
      </span>
      <span className="max-md:order-1 max-md:col-span-2">
        <RuleState state={stateOf({ ...rule, enabled })} />
        <span className="ml-2 text-xs text-muted md:ml-0 md:block">{instances.join(', ')}</span>
      </span>
      <span className="flex flex-wrap gap-x-3 text-xs max-md:order-2 max-md:col-span-2">
        {rule.severities.map((severity) => (
          <Severity key={severity} severity={severity} over />
        ))}
      </span>
      <span className="text-xs text-muted max-md:order-3 max-md:col-span-2">
        <span className="md:hidden">Evaluated </span>
        <Ago atMs={rule.lastEvaluatedAt} renderedAtMs={renderedAtMs} />
      </span>
      <span className="relative z-10 justify-self-end max-md:col-start-2 max-md:row-start-1">
        <Switch
          label={`${rule.name} is evaluated`}
          checked={enabled}
          disabledReason={update === null ? 'Developers and admins may switch rules.' : null}
          onChange={toggle}
        />
      </span>
    </li>
  );
}
