import { cutText } from '#lib/model/cut-text.ts';
import { type JsonRecord, numberAt, recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { AutoscalerView } from '#lib/model/workload.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';

/** Where what a metric measures stands in it, by its type (autoscaling/v2). */
const FIELD: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

/** The fields of a target, and the words of what is compared with it. */
const TARGETS = [
  { field: 'averageUtilization', of: 'of what pods ask for' },
  { field: 'averageValue', of: 'a pod' },
  { field: 'value', of: 'in all' },
] as const;

export interface TargetPlace {
  key: string;
  says: string;
  /** Below the metric: `resource.target`. */
  path: readonly [field: string, target: 'target'];
  field: (typeof TARGETS)[number]['field'];
}

function nameOf(type: string, source: JsonRecord): string {
  const metric = textAt(source, 'metric', 'name') ?? textAt(source, 'name') ?? '';
  if (type === 'ContainerResource') return `${metric} of container ${textAt(source, 'container') ?? ''}`;
  const { kind, name } = recordAt(source, 'describedObject');
  return type === 'Object' ? `${metric} of ${String(kind)} ${String(name)}` : metric;
}

/** Which metric it is; a status of a metric that could not be read names none. */
function identityOf(metric: JsonRecord): string | null {
  const type = textAt(metric, 'type') ?? '';
  const field = FIELD[type];
  if (!field) return null;
  const source = recordAt(metric, field);
  const selector = JSON.stringify(recordAt(source, 'metric', 'selector'));
  return `${type}/${nameOf(type, source)}${selector === '{}' ? '' : `/${selector}`}`;
}

/** Where the target of a metric stands, by which name it is changed; null for a type that is not known. */
export function targetPlace(metric: JsonRecord): TargetPlace | null {
  const key = identityOf(metric);
  const field = FIELD[textAt(metric, 'type') ?? ''];
  if (key === null || !field) return null;
  const target = recordAt(metric, field, 'target');
  const found = TARGETS.find((each) => target[each.field] !== undefined && target[each.field] !== null);
  if (!found) return null;
  const says = `${nameOf(textAt(metric, 'type') ?? '', recordAt(metric, field))} ${found.of}`;
  return { key, says, path: [field, 'target'], field: found.field };
}

function valueText(of: JsonRecord, field: TargetPlace['field']): string | null {
  const value = of[field];
  return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
}

/** A condition that is not as it should be, in the words of the cluster. */
function conditionWords(autoscaler: ClusterObject, type: string): string | null {
  const condition = recordsAt(autoscaler, 'status', 'conditions').find(
    (each) => textAt(each, 'type') === type,
  );
  if (textAt(condition, 'status') !== 'False') return null;
  const words = [textAt(condition, 'reason'), textAt(condition, 'message')].filter(Boolean).join(': ');
  return cutText(words || type, 500);
}

/** How many pods it wants; the 0 that stands there before it measured anything is no wish. */
function wishOf(autoscaler: ClusterObject): number | null {
  const wanted = numberAt(autoscaler, 'status', 'desiredReplicas') ?? 0;
  const hasMeasured = recordsAt(autoscaler, 'status', 'currentMetrics').some(
    (metric) => identityOf(metric) !== null,
  );
  const hasScaled = textAt(autoscaler, 'status', 'lastScaleTime') !== null;
  return wanted === 0 && !hasMeasured && !hasScaled ? null : wanted;
}

/** The autoscaler of a workload; a metric that is not known says why, and never 0 % (deployment S-50). */
export function autoscalerView(autoscaler: ClusterObject): AutoscalerView {
  const inactive = conditionWords(autoscaler, 'ScalingActive');
  const current = recordsAt(autoscaler, 'status', 'currentMetrics');
  const metrics = recordsAt(autoscaler, 'spec', 'metrics').flatMap((metric) => {
    const place = targetPlace(metric);
    if (!place) return [];
    const { key, says, path, field } = place;
    const measured = current.find((each) => identityOf(each) === key);
    const value = measured ? valueText(recordAt(measured, path[0], 'current'), field) : null;
    return {
      key,
      says,
      target: valueText(recordAt(metric, ...path), field) ?? '',
      unit: field === 'averageUtilization' ? ('percent' as const) : ('quantity' as const),
      current: value,
      unknownReason: value === null ? (inactive ?? 'The cluster has not measured it yet.') : null,
    };
  });
  return {
    name: autoscaler.metadata.name,
    minReplicas: numberAt(autoscaler, 'spec', 'minReplicas') ?? 1,
    maxReplicas: numberAt(autoscaler, 'spec', 'maxReplicas') ?? 1,
    currentReplicas: numberAt(autoscaler, 'status', 'currentReplicas') ?? 0,
    desiredReplicas: wishOf(autoscaler),
    metrics,
    trouble: conditionWords(autoscaler, 'AbleToScale') ?? inactive,
  };
}
