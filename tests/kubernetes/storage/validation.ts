import { type Fields, isFields, isSame, type KubeObject } from '../objects.ts';
import { isInvalid, type StatusCause } from '../status-error.ts';
import type { Kind } from './kinds.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const WORKLOADS = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);

function required(field: string): StatusCause {
  return { reason: 'FieldValueRequired', message: 'Required value', field };
}

function wrong(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function containersOf(spec: unknown, field: string): StatusCause[] {
  const containers = isFields(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  if (containers.length === 0) return [required(`${field}.containers`)];
  return containers.flatMap((container: Fields, index) =>
    ['name', 'image']
      .filter((name) => !container[name])
      .map((name) => required(`${field}.containers[${index}].${name}`)),
  );
}

function workload(object: KubeObject, live: KubeObject | null): StatusCause[] {
  const spec = isFields(object.spec) ? object.spec : {};
  const template = isFields(spec.template) ? spec.template : {};
  const metadata = isFields(template.metadata) ? template.metadata : {};
  const labels = isFields(metadata.labels) ? metadata.labels : {};
  const causes = containersOf(template.spec, 'spec.template.spec');
  const wanted = isFields(spec.selector) ? spec.selector.matchLabels : undefined;
  if (!isFields(wanted)) return [required('spec.selector'), ...causes];
  if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
    causes.push(
      wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  if (live && !isSame((live.spec as Fields).selector, spec.selector)) {
    causes.push(wrong('spec.selector', spec.selector, 'field is immutable'));
  }
  if (typeof spec.replicas === 'number' && spec.replicas < 0) {
    causes.push(wrong('spec.replicas', spec.replicas, 'must be greater than or equal to 0'));
  }
  return causes;
}

/** @throws StatusError 422. */
export function validate(kind: Kind, object: KubeObject, live: KubeObject | null): void {
  const { name } = object.metadata;
  const causes: StatusCause[] = [];
  if (!NAME.test(name) || name.length > 253) {
    causes.push(
      wrong(
        'metadata.name',
        name,
        'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
      ),
    );
  }
  if (!kind.isCustom && WORKLOADS.has(kind.kind)) causes.push(...workload(object, live));
  if (!kind.isCustom && kind.kind === 'Pod') causes.push(...containersOf(object.spec, 'spec'));
  if (causes.length > 0) throw isInvalid(kind, name, causes);
}
