'use client';

import { useState } from 'react';
import { SelectField, TextField } from '#components/ui/field.tsx';
import type { TriggerView } from '#lib/model/deploy-trigger.ts';
import { TRIGGER_EVENTS, type TriggerEvent } from '#lib/model/repository.ts';
import { EVENT_WORDS } from '../event-words.ts';

/** What a trigger may lead to. */
export interface TriggerChoices {
  repositories: readonly { id: string; fullName: string }[];
  agents: readonly { id: string; name: string; environment: string }[];
  clusters: readonly { id: string; name: string; namespaces: readonly string[] }[];
}

/** A trigger as it is typed. */
export interface TypedTrigger {
  event: TriggerEvent;
  ref: string;
  workflow: string | null;
  agentId: string;
  clusterId: string;
  namespace: string;
  workload: string;
  container: string;
  image: string;
  tag: string;
  build: { workflow: string; input: string | null } | null;
  isEnabled: boolean;
}

/** What was typed into the fields. */
export function triggerOf(form: FormData): TypedTrigger & { repositoryId: string } {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const event = TRIGGER_EVENTS.find((each) => each === text('event')) ?? 'push';
  const build = text('buildWorkflow');
  return {
    ...{ repositoryId: text('repositoryId'), event, ref: text('ref') },
    workflow: event === 'workflow_run' ? text('workflow') : null,
    ...{ agentId: text('agentId'), clusterId: text('clusterId'), namespace: text('namespace') },
    ...{ workload: text('workload'), container: text('container'), image: text('image'), tag: text('tag') },
    build: build === '' ? null : { workflow: build, input: text('buildInput') || null },
    isEnabled: text('isEnabled') !== 'off',
  };
}

interface FieldsProps {
  choices: TriggerChoices;
  errors: ReadonlyMap<string, string>;
  /** The one that is changed; null: a new one. */
  trigger: TriggerView | null;
}

/** What happens, and where. */
function WhenFields({ choices, errors, trigger }: FieldsProps) {
  const [event, setEvent] = useState<TriggerEvent>(trigger?.event ?? 'push');
  return (
    <fieldset className="grid min-w-0 gap-4 sm:grid-cols-2">
      <legend className="mb-2 text-sm font-medium">When this happens</legend>
      {trigger === null && (
        <SelectField label="Repository" name="repositoryId" error={errors.get('repositoryId')}>
          {choices.repositories.map(({ id, fullName }) => (
            <option key={id} value={id}>
              {fullName}
            </option>
          ))}
        </SelectField>
      )}
      <SelectField
        label="Event"
        name="event"
        value={event}
        hint="A rule of the repository must allow it for the environment of the agent."
        onChange={({ currentTarget: { value } }) =>
          setEvent(TRIGGER_EVENTS.find((each) => each === value) ?? 'push')
        }
      >
        {TRIGGER_EVENTS.map((each) => (
          <option key={each} value={each}>
            {EVENT_WORDS[each]}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Branch or tag"
        name="ref"
        maxLength={200}
        defaultValue={trigger?.ref ?? 'main'}
        error={errors.get('ref')}
      />
      {event === 'workflow_run' && (
        <TextField
          label="Workflow"
          name="workflow"
          maxLength={200}
          placeholder="build.yml"
          defaultValue={trigger?.workflow ?? ''}
          error={errors.get('workflow')}
        />
      )}
    </fieldset>
  );
}

/** Which agent, and where it runs. */
function WhatFields({ choices, errors, trigger }: FieldsProps) {
  return (
    <fieldset className="grid min-w-0 gap-4 sm:grid-cols-2">
      <legend className="mb-2 text-sm font-medium">Deploy this</legend>
      <SelectField
        label="Agent"
        name="agentId"
        defaultValue={trigger?.agent.id}
        error={errors.get('agentId')}
      >
        {choices.agents.map(({ id, name, environment }) => (
          <option key={id} value={id}>
            {name} ({environment})
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Cluster"
        name="clusterId"
        defaultValue={trigger?.cluster.id}
        error={errors.get('clusterId')}
      >
        {choices.clusters.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Namespace"
        name="namespace"
        maxLength={63}
        defaultValue={trigger?.namespace ?? choices.clusters[0]?.namespaces[0] ?? ''}
        error={errors.get('namespace')}
      />
      <TextField
        label="Workload"
        name="workload"
        maxLength={253}
        placeholder="my-agent"
        hint="The name of its Deployment."
        defaultValue={trigger?.workload}
        error={errors.get('workload')}
      />
      <TextField
        label="Container"
        name="container"
        maxLength={63}
        defaultValue={trigger?.container ?? 'agent'}
        error={errors.get('container')}
      />
      <TextField
        label="Image"
        name="image"
        maxLength={400}
        placeholder="registry.example.com/team/agent"
        hint="Without tag and digest."
        defaultValue={trigger?.image}
        error={errors.get('image')}
      />
      <TextField
        label="Tag"
        name="tag"
        maxLength={200}
        hint="{sha}, {short_sha}, {ref} (branch or tag) or {version} (a tag without its v)."
        defaultValue={trigger?.tag ?? '{sha}'}
        error={errors.get('tag')}
      />
    </fieldset>
  );
}

/** All that a trigger is made of. */
export function TriggerFields(props: FieldsProps) {
  const { errors, trigger } = props;
  return (
    <>
      <WhenFields {...props} />
      <WhatFields {...props} />
      <fieldset className="grid min-w-0 gap-4 sm:grid-cols-2">
        <legend className="mb-2 text-sm font-medium">Build it first</legend>
        <TextField
          label="Workflow that builds it"
          name="buildWorkflow"
          maxLength={200}
          placeholder="build.yml"
          hint="Empty: the image is there already."
          defaultValue={trigger?.build?.workflow}
          error={errors.get('build.workflow')}
        />
        <TextField
          label="Input that it repeats"
          name="buildInput"
          maxLength={100}
          hint="An input that its run-name shows, for servers that do not name the run they start."
          defaultValue={trigger?.build?.input ?? ''}
          error={errors.get('build.input')}
        />
        {trigger !== null && (
          <SelectField label="State" name="isEnabled" defaultValue={trigger.isEnabled ? 'on' : 'off'}>
            <option value="on">On</option>
            <option value="off">Off</option>
          </SelectField>
        )}
      </fieldset>
    </>
  );
}
