'use client';

import { ArrowUp, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { BoundAction } from '#components/ui/bound-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { RedactionRuleView } from '#lib/model/redaction.ts';
import { RULE_KIND_WORDS } from './rule-words.ts';

type Changed = { id: string };

interface RuleActions {
  update: BoundAction<Omit<RedactionRuleView, 'problem'>, Changed>;
  remove: BoundAction<Changed, Changed>;
  raise: BoundAction<Changed, Changed>;
}

interface RedactionRulesProps {
  rules: readonly RedactionRuleView[];
  actions: RuleActions;
}

/** The rules in the order in which they are applied, to be switched, put earlier and deleted. */
export function RedactionRules({ rules, actions }: RedactionRulesProps) {
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);

  async function act(work: ReturnType<RuleActions['remove']>): Promise<void> {
    const answer = await work;
    setFailure(answer.ok ? null : answer.error.message);
    router.refresh();
  }

  if (rules.length === 0)
    return <p className="px-4 pb-3 text-sm text-muted">No rules yet: nothing is redacted.</p>;
  return (
    <>
      {failure !== null && (
        <p role="alert" className="px-4 pb-2 text-sm text-critical-text">
          {failure}
        </p>
      )}
      <ol aria-label="Redaction rules">
        {rules.map((rule, index) => (
          <RuleLine key={rule.id} rule={rule} isFirst={index === 0} actions={actions} act={act} />
        ))}
      </ol>
    </>
  );
}

function RuleLine(props: {
  rule: RedactionRuleView;
  isFirst: boolean;
  actions: RuleActions;
  act: (work: ReturnType<RuleActions['remove']>) => Promise<void>;
}) {
  const { isFirst, actions, act } = props;
  const { problem, ...rule } = props.rule;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 text-sm">
      <span className="min-w-0 flex-1 basis-56">
        <span className="font-medium wrap-anywhere">{rule.name}</span>
        <span className="block text-xs text-muted wrap-anywhere">
          {RULE_KIND_WORDS[rule.kind]}
          {rule.pattern !== null && (
            <>
              : <code className="font-mono">{rule.pattern}</code>
            </>
          )}{' '}
          → {rule.replacement || 'nothing'}
        </span>
        {problem !== null && (
          <span className="block text-xs text-critical-text">
            It can't be applied, so no content is stored while it is on. {problem}
          </span>
        )}
      </span>
      <span className="ml-auto flex items-center gap-2">
        <Switch
          label={`Apply ${rule.name}`}
          checked={rule.enabled}
          onChange={(enabled) => void act(actions.update({ ...rule, enabled }))}
        />
        <Button
          size="sm"
          icon={ArrowUp}
          aria-label={`Apply ${rule.name} earlier`}
          disabledReason={isFirst ? 'It is the first one.' : null}
          onClick={() => void act(actions.raise({ id: rule.id }))}
        />
        <Button
          size="sm"
          variant="danger"
          icon={Trash2}
          aria-label={`Delete ${rule.name}`}
          onClick={() => void act(actions.remove({ id: rule.id }))}
        />
      </span>
    </li>
  );
}
