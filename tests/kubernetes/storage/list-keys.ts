/**
 * How lists are merged, by the path of the list without its items: the fields that make an item the same one,
 * or `set` for lists of plain values. Every other list is atomic: it belongs to one manager as a whole.
 */
const POD_SPEC: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};
const CONTAINER: Record<string, readonly string[]> = {
  ports: ['containerPort', 'protocol'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
};
/** Maps that belong to one manager as a whole. */
const ATOMIC_MAPS =
  /(^|\.)(selector|nodeSelector|fieldRef|resourceFieldRef|configMapKeyRef|secretKeyRef|scaleTargetRef|targetRef)$/;

function keysIn(table: Record<string, readonly string[]>, name: string): readonly string[] | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** `path` holds the names of fields down to the list, items left out. Null: the list is atomic. */
export function listKeys(path: readonly string[], isCustom: boolean): readonly string[] | 'set' | null {
  const [first = '', last = '', parent = ''] = [path[0], path.at(-1), path.at(-2)];
  if (first === 'metadata' && path.length === 2) {
    if (last === 'finalizers') return 'set';
    return last === 'ownerReferences' ? ['uid'] : null;
  }
  if (first === 'status' && last === 'conditions') return ['type'];
  if (isCustom) return null;
  if (path.length === 2 && first === 'spec' && last === 'ports') return ['port', 'protocol'];
  if (parent === 'spec') return keysIn(POD_SPEC, last);
  if (/ontainers$/.test(parent)) return keysIn(CONTAINER, last);
  return null;
}

/** The one field that strategic merge patches go by; null: the list is replaced. */
export function mergeKey(path: readonly string[]): string | 'set' | null {
  const keys = listKeys(path, false);
  return keys === 'set' ? 'set' : (keys?.[0] ?? null);
}

export function isAtomicMap(path: readonly string[], isCustom: boolean): boolean {
  // A Service's selector is a plain map; those of workloads are atomic. Both change as a whole in our use.
  return !isCustom && ATOMIC_MAPS.test(path.join('.'));
}
