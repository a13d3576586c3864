'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '#components/ui/ago.tsx';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { PageHeader } from '#components/ui/page.tsx';
import { StateMessage } from '#components/ui/states.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { RuleDetail, RuleTransition, RuleVersion } from '#lib/model/alert-rule-view.ts';
import { formatCount, formatPlural } from '#lib/model/format.ts';
import { paths } from '#lib/model/paths.ts';
import { RuleInstances } from './rule-instances.tsx';
import { RulePast } from './rule-past.tsx';
import { offsetWords, ruleSentence } from './rule-sentence.ts';
import { RuleState } from './rule-state.tsx';
import { RuleTransitions } from './rule-transitions.tsx';
import { type RestoreVersion, RuleVersions } from './rule-versions.tsx';
import { healthWords, stateOf } from './rules-verdict.ts';

interface RuleActions {
  update: BoundAction<{ id: string; enabled: boolean }, { id: string }>;
  remove: BoundAction<{ id: string }, { id: string }>;
  restore: RestoreVersion;
}

interface RuleViewProps {
  rule: RuleDetail;
  transitions: readonly RuleTransition[];
  versions: readonly RuleVersion[];
  /** Null for people who may only look. */
  actions: RuleActions | null;
  renderedAtMs: number;
}

/** One rule: what it does, what it does now, what it did and who changed it. */
export function RuleView({ rule, transitions, versions, actions, renderedAtMs }: RuleViewProps) {
  const { definition } = rule;
  return (
    <>
      <PageHeader title={rule.name} actions={actions && <RuleButtons rule={rule} actions={actions} />}>
        {definition ? ruleSentence(definition) : 'What is stored of this rule cannot be read.'}
      </PageHeader>
      {rule.health === 'error' && (
        <StateMessage kind="error" compact title="This rule cannot be evaluated">
          {rule.healthReason}. What fired stays as it was.
        </StateMessage>
      )}
      <Numbers rule={rule} renderedAtMs={renderedAtMs} />
      <RuleInstances rule={rule} renderedAtMs={renderedAtMs} />
      {definition && <RulePast name={rule.name} definition={definition} />}
      <RuleTransitions transitions={transitions} definition={definition} />
      <RuleVersions
        ruleId={rule.id}
        current={rule.version}
        versions={versions}
        restore={actions?.restore ?? null}
      />
    </>
  );
}

function Numbers({ rule, renderedAtMs }: { rule: RuleDetail; renderedAtMs: number }) {
  const cells = [
    ['State', <RuleState key="state" state={stateOf(rule)} />],
    ['Firing', formatCount(rule.firing)],
    ...(rule.recovering > 0 ? [['Recovering', formatCount(rule.recovering)] as const] : []),
    ['Pending', formatCount(rule.pending)],
    ['Last evaluated', <Ago key="last" atMs={rule.lastEvaluatedAt} renderedAtMs={renderedAtMs} />],
    ['Missed evaluations', formatCount(rule.missedSlots)],
    ['Version', String(rule.version)],
  ] as const;
  return (
    <section aria-label="Now" className="rounded-lg border border-line bg-surface">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 px-4 py-3 sm:grid-cols-3 lg:grid-cols-[repeat(auto-fit,minmax(110px,1fr))]">
        {cells.map(([label, value]) => (
          <div key={label}>
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="text-md font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">
        {[healthWords(rule), rule.definition && offsetWords(rule.definition)].filter(Boolean).join(' · ')}
      </p>
    </section>
  );
}

function RuleButtons({ rule, actions }: { rule: RuleDetail; actions: RuleActions }) {
  const router = useRouter();
  const [asked, setAsked] = useState(false);
  const toggle = async () => {
    const answer = await actions.update({ id: rule.id, enabled: !rule.enabled });
    if (!answer.ok) toast({ tone: 'critical', text: answer.error.message });
    router.refresh();
  };
  const remove = async () => {
    const answer = await actions.remove({ id: rule.id });
    if (!answer.ok) return toast({ tone: 'critical', text: answer.error.message });
    toast({ tone: 'ok', text: `${rule.name} was deleted.` });
    // Back must not lead to what is no more.
    router.replace(paths.alertRules());
    router.refresh();
  };
  const open = rule.firing + rule.recovering;
  return (
    <>
      <Button onClick={toggle}>{rule.enabled ? 'Switch off' : 'Switch on'}</Button>
      <Button variant="danger" icon={Trash2} onClick={() => setAsked(true)}>
        Delete
      </Button>
      <ButtonLink href={paths.editAlertRule(rule.id)} variant="primary" icon={Pencil}>
        Edit
      </ButtonLink>
      <Dialog
        open={asked}
        title={`Delete ${rule.name}?`}
        onClose={() => setAsked(false)}
        actions={
          <>
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button variant="danger" onClick={remove}>
              Delete the rule
            </Button>
          </>
        }
      >
        {open > 0
          ? `The ${formatPlural(open, 'alert')} that it raised will be resolved within seconds. `
          : 'It is no longer evaluated. '}
        Its alerts of the past stay.
      </Dialog>
    </>
  );
}
