import { Card, CardHeader } from '#components/ui/card.tsx';
import { SelectField, TextField } from '#components/ui/field.tsx';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';
import { type ClusterChoice, inCluster, lastWords, type PlanDraft } from './plan-draft.ts';

/** An agent as a choice. */
export interface AgentChoice {
  id: string;
  name: string;
  environment: string;
}

interface PlanFieldsProps {
  agents: readonly AgentChoice[];
  agentId: string;
  onAgent: (id: string) => void;
  clusters: readonly ClusterChoice[];
  repositories: readonly { id: string; fullName: string }[];
  last: DeploymentStart['last'];
  draft: PlanDraft;
  set: (part: Partial<PlanDraft>) => void;
  errors: ReadonlyMap<string, string>;
}

/** What is deployed, and where. */
export function PlanFields(props: PlanFieldsProps) {
  const { agents, agentId, onAgent, errors } = props;
  return (
    <div className="flex flex-col gap-3">
      <Card label="What">
        <CardHeader title="What" />
        <div className="flex flex-col gap-4 px-4 pt-1 pb-4">
          <SelectField
            label="Agent"
            value={agentId}
            error={errors.get('agentId')}
            onChange={(event) => onAgent(event.target.value)}
          >
            <option value="" disabled>
              Choose an agent
            </option>
            {agents.map(({ id, name, environment }) => (
              <option key={id} value={id}>
                {name} ({environment})
              </option>
            ))}
          </SelectField>
          <VersionFields {...props} />
        </div>
      </Card>
      <PlaceFields {...props} />
      {props.repositories.length > 0 && <SourceFields {...props} />}
    </div>
  );
}

function VersionFields({ draft, set, errors, last }: PlanFieldsProps) {
  return (
    <>
      <TextField
        label="Version"
        value={draft.version}
        placeholder="1.4.2"
        maxLength={128}
        spellCheck={false}
        hint={['The tag of the image.', lastWords(last)].filter(Boolean).join(' ')}
        error={errors.get('version')}
        onChange={(event) => set({ version: event.target.value })}
      />
      <TextField
        label="Digest"
        optional
        value={draft.digest}
        placeholder="sha256:…"
        spellCheck={false}
        hint="Left out, it is looked up at the registry, and what is confirmed is what runs."
        error={errors.get('digest')}
        onChange={(event) => set({ digest: event.target.value })}
      />
      {draft.digest.trim() === '' && (
        <label className="touch -mt-2 inline-flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={draft.byTag}
            onChange={(event) => set({ byTag: event.target.checked })}
          />
          Do not look it up: the registry cannot be asked
        </label>
      )}
      <TextField
        label="Git ref"
        optional
        value={draft.gitRef}
        placeholder="refs/tags/v1.4.2"
        maxLength={255}
        spellCheck={false}
        hint="The branch or tag that it was built of, for whoever reads it later."
        error={errors.get('gitRef')}
        onChange={(event) => set({ gitRef: event.target.value })}
      />
      <TextField
        label="Why"
        optional
        value={draft.changeCause}
        placeholder="Cheaper model for summaries"
        maxLength={500}
        hint="Kept with the workload as its change cause."
        error={errors.get('changeCause')}
        onChange={(event) => set({ changeCause: event.target.value })}
      />
    </>
  );
}

function PlaceFields({ clusters, draft, set, errors }: PlanFieldsProps) {
  const cluster = clusters.find(({ id }) => id === draft.clusterId);
  return (
    <Card label="Where">
      <CardHeader title="Where" />
      <div className="grid gap-4 px-4 pt-1 pb-4 sm:grid-cols-2">
        <SelectField
          label="Cluster"
          value={draft.clusterId}
          error={errors.get('clusterId')}
          onChange={(event) => set(inCluster(draft, event.target.value, clusters))}
        >
          <option value="" disabled>
            Choose a cluster
          </option>
          {clusters.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Namespace"
          value={draft.namespace}
          error={errors.get('namespace')}
          onChange={(event) => set({ namespace: event.target.value })}
        >
          <option value="" disabled>
            {cluster === undefined ? 'Choose a cluster first' : 'Choose a namespace'}
          </option>
          {cluster?.namespaces.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <TextField
          label="Workload"
          value={draft.workload}
          placeholder="checkout-agent"
          maxLength={253}
          spellCheck={false}
          hint="A Deployment of the cluster."
          error={errors.get('workload')}
          onChange={(event) => set({ workload: event.target.value })}
        />
        <TextField
          label="Container"
          value={draft.container}
          placeholder="agent"
          maxLength={63}
          spellCheck={false}
          hint="Whose image changes."
          error={errors.get('container')}
          onChange={(event) => set({ container: event.target.value })}
        />
        <div className="sm:col-span-2">
          <TextField
            label="Image"
            value={draft.image}
            placeholder="registry.example.com/team/agent"
            maxLength={400}
            spellCheck={false}
            hint="Without tag and digest."
            error={errors.get('image')}
            onChange={(event) => set({ image: event.target.value })}
          />
        </div>
      </div>
    </Card>
  );
}

function SourceFields({ repositories, draft, set, errors }: PlanFieldsProps) {
  return (
    <Card label="Source">
      <CardHeader title="Source" hint="optional" />
      <div className="flex flex-col gap-4 px-4 pt-1 pb-4">
        <SelectField
          label="Repository"
          value={draft.repositoryId}
          hint="Its host is told how the deployment goes."
          error={errors.get('source.repositoryId') ?? errors.get('source')}
          onChange={(event) => set({ repositoryId: event.target.value })}
        >
          <option value="">None</option>
          {repositories.map(({ id, fullName }) => (
            <option key={id} value={id}>
              {fullName}
            </option>
          ))}
        </SelectField>
        {draft.repositoryId !== '' && (
          <TextField
            label="Commit"
            value={draft.sha}
            placeholder="The whole hash"
            maxLength={64}
            spellCheck={false}
            error={errors.get('source.sha')}
            onChange={(event) => set({ sha: event.target.value })}
          />
        )}
      </div>
    </Card>
  );
}
