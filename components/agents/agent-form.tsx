'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useTransition } from 'react';
import type { BoundAction, ShownFailure } from '#components/ui/bound-action.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { TextArea, TextField } from '#components/ui/field.tsx';
import { FormActions } from '#components/ui/form-actions.tsx';
import type { AgentDetail } from '#lib/model/agent-view.ts';
import { paths } from '#lib/model/paths.ts';
import { type AgentField, type AgentFormValues, formValues, startValues } from './form-values.ts';

interface Saved {
  id: string;
  controlSecret?: string | null;
}

/** Which agent is changed, and as of when it was seen. */
interface Change {
  id: string;
  ifUpdatedAt: number;
}

/** A new agent, or one that is changed. */
type AgentFormProps =
  | { agent: null; save: BoundAction<AgentFormValues, Saved> }
  | { agent: AgentDetail; save: BoundAction<AgentFormValues & Change, Saved> };

interface FieldSpec {
  name: AgentField;
  label: string;
  hint?: string;
  placeholder?: string;
  inputMode?: 'numeric' | 'url';
  /** Part of the identity: comes from telemetry for discovered agents. */
  identity?: true;
}

const IDENTITY: readonly FieldSpec[] = [
  {
    name: 'name',
    label: 'Name',
    hint: 'As the agent calls itself in gen_ai.agent.name.',
    placeholder: 'planner',
    identity: true,
  },
  { name: 'type', label: 'Type', placeholder: 'agent' },
  {
    name: 'environment',
    label: 'Environment',
    hint: 'deployment.environment.name of its telemetry.',
    placeholder: 'production',
    identity: true,
  },
  {
    name: 'serviceNamespace',
    label: 'Namespace',
    hint: 'service.namespace, empty when it sends none.',
    identity: true,
  },
];
const HEALTH: readonly FieldSpec[] = [
  {
    name: 'healthUrl',
    label: 'Health URL',
    hint: 'Answers 2xx while the agent is well, or its A2A card.',
    placeholder: 'https://planner.internal/healthz',
    inputMode: 'url',
  },
  {
    name: 'controlUrl',
    label: 'Control URL',
    hint: 'Receives signed start and stop requests.',
    placeholder: 'https://planner.internal/control',
    inputMode: 'url',
  },
  { name: 'healthIntervalSeconds', label: 'Check every, seconds', placeholder: '30', inputMode: 'numeric' },
  {
    name: 'healthTimeoutSeconds',
    label: 'Unreachable after, seconds',
    placeholder: '300',
    inputMode: 'numeric',
  },
];
const KUBERNETES: readonly FieldSpec[] = [
  { name: 'kubernetesNamespace', label: 'Namespace' },
  { name: 'kubernetesDeployment', label: 'Deployment' },
  { name: 'replicas', label: 'Replicas', inputMode: 'numeric' },
  { name: 'cpuLimit', label: 'CPU limit', placeholder: '500m' },
  { name: 'memoryLimit', label: 'Memory limit', placeholder: '512Mi' },
];

/** Makes or changes an agent. What is refused is said at its field; what was typed is kept. */
export function AgentForm(props: AgentFormProps) {
  const { agent } = props;
  const router = useRouter();
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  const [saved, setSaved] = useState<Saved | null>(null);
  const [pending, startTransition] = useTransition();
  const start = startValues(agent);
  const errors = new Map(failure?.issues.map((issue) => [issue.path, issue.message]));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = formValues(new FormData(event.currentTarget));
    startTransition(async () => {
      const answer =
        props.agent === null
          ? await props.save(values)
          : await props.save({ ...values, id: props.agent.id, ifUpdatedAt: props.agent.updatedAt });
      setFailure(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      if (answer.data.controlSecret) setSaved(answer.data);
      else router.push(paths.agent(answer.data.id));
    });
  };
  if (saved) return <SigningSecret saved={saved} />;

  const fields = (specs: readonly FieldSpec[]) =>
    specs.map(({ name, identity, ...spec }) => (
      <TextField
        key={name}
        name={name}
        {...spec}
        defaultValue={start[name]}
        required={name === 'name'}
        disabled={identity === true && agent?.source === 'discovered'}
        error={errors.get(name)}
        autoComplete="off"
      />
    ));

  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl flex-col gap-3">
      {failure && errors.size === 0 && (
        <p
          role="alert"
          className="rounded-lg border border-critical bg-critical-tint px-4 py-3 text-sm text-critical-text"
        >
          {failure.message} What you typed is kept.
        </p>
      )}
      <Section
        title="Identity"
        hint={
          agent?.source === 'discovered' ? 'name, environment and namespace come from telemetry' : undefined
        }
      >
        {fields(IDENTITY)}
        <div className="sm:col-span-2">
          <TextArea
            name="description"
            label="Description"
            optional
            defaultValue={start.description}
            error={errors.get('description')}
          />
        </div>
      </Section>
      <Section title="Health and control" hint="optional">
        {fields(HEALTH)}
      </Section>
      <Section title="Kubernetes" hint="optional">
        {fields(KUBERNETES)}
      </Section>
      <FormActions
        cancel={agent ? paths.agent(agent.id) : paths.agents()}
        save={agent ? 'Save changes' : 'Add agent'}
        pending={pending}
      />
    </form>
  );
}

function Section({ title, hint, children }: { title: string; hint?: string; children: React.ReactNode }) {
  return (
    <Card>
      <CardHeader title={title} hint={hint} />
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">{children}</div>
    </Card>
  );
}

/** Shown once, after an agent got its first control URL. */
function SigningSecret({ saved }: { saved: Saved }) {
  return (
    <div className="flex max-w-3xl flex-col gap-3">
      <p className="text-sm">
        Saved. Start and stop requests to the control URL are signed with this secret. It is shown this once:
        give it to the agent now.
      </p>
      <CodeBlock name="Signing secret" text={saved.controlSecret ?? ''} />
      <div>
        <ButtonLink href={paths.agent(saved.id)} variant="primary">
          Open the agent
        </ButtonLink>
      </div>
    </div>
  );
}
