import type { KubeObject } from '../objects.ts';
import { badRequest } from '../status-error.ts';

export type Selector = (object: KubeObject) => boolean;

type LabelTest = (labels: Record<string, string>) => boolean;

function labelTest(text: string): LabelTest {
  const set = /^\s*([^\s!=,]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(text);
  if (set) {
    const [, key = '', operator, values = ''] = set;
    const wanted = values.split(',').map((value) => value.trim());
    const isIn = (labels: Record<string, string>) => key in labels && wanted.includes(labels[key] ?? '');
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const equal = /^\s*([^\s!=]+)\s*(==|=|!=)\s*([^\s=]*)\s*$/.exec(text);
  if (equal) {
    const [, key = '', operator, value = ''] = equal;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const exists = /^\s*(!?)\s*([^\s!=]+)\s*$/.exec(text);
  if (!exists) throw badRequest(`unable to parse requirement: ${text}`);
  const [, not, key = ''] = exists;
  return (labels) => key in labels !== Boolean(not);
}

/** `a=b,c!=d,e in (f,g),h,!i` */
export function labelSelector(text: string): Selector {
  const tests = text
    .split(/,(?![^(]*\))/)
    .filter(Boolean)
    .map(labelTest);
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}));
}

/** A dotted field of an object, as text; what is absent is ''. */
function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined ? '' : String(value);
}

/** `metadata.name=a,involvedObject.uid=b,status.phase!=Running` */
export function fieldSelector(text: string): Selector {
  const tests = text
    .split(',')
    .filter(Boolean)
    .map((part): Selector => {
      const found = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
      if (!found) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const [, path = '', operator, value = ''] = found;
      const isEqual: Selector = (object) => fieldOf(object, path) === value;
      return operator === '!=' ? (object) => !isEqual(object) : isEqual;
    });
  return (object) => tests.every((test) => test(object));
}
