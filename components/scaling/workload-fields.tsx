import { SelectField, TextField } from '#components/ui/field.tsx';
import type { ScalingDraft } from './form-values.ts';

export interface NamedCluster {
  id: string;
  name: string;
  namespaces: readonly string[];
}

interface WorkloadFieldsProps {
  draft: ScalingDraft;
  clusters: readonly NamedCluster[];
  errors: ReadonlyMap<string, string>;
  set: (part: Partial<ScalingDraft>) => void;
}

/** Which workload is scaled: the one that the agent was last deployed to, or another by name. */
export function WorkloadFields({ draft, clusters, errors, set }: WorkloadFieldsProps) {
  const cluster = clusters.find(({ id }) => id === draft.clusterId);
  const isUnknown = draft.clusterId !== '' && cluster === undefined;
  const namespaces = cluster?.namespaces ?? (isUnknown ? [draft.namespace] : []);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Workload"
        name="clusterId"
        value={draft.clusterId}
        onChange={({ currentTarget: { value } }) =>
          set({ clusterId: value, namespace: clusters.find(({ id }) => id === value)?.namespaces[0] ?? '' })
        }
      >
        <option value="">Where the agent was last deployed to</option>
        {isUnknown && <option value={draft.clusterId}>In a removed cluster</option>}
        {clusters.map(({ id, name }) => (
          <option key={id} value={id}>
            In {name}
          </option>
        ))}
      </SelectField>
      {draft.clusterId !== '' && (
        <>
          <SelectField
            label="Namespace"
            name="namespace"
            value={draft.namespace}
            onChange={({ currentTarget }) => set({ namespace: currentTarget.value })}
            error={errors.get('workload.namespace')}
          >
            {namespaces.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          <TextField
            label="Deployment"
            name="workload"
            autoComplete="off"
            maxLength={253}
            value={draft.workload}
            onChange={({ currentTarget }) => set({ workload: currentTarget.value })}
            error={errors.get('workload.name')}
          />
        </>
      )}
    </div>
  );
}
