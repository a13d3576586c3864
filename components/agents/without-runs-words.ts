/** More names than these are no sentence. */
const NAMED = 3;
const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** Agents by name within a sentence, the first of many. */
function namesInWords(names: readonly string[]): string {
  const left = names.length - NAMED;
  return LIST.format(left > 0 ? [...names.slice(0, NAMED), `${left} more`] : names);
}

/** What cannot be seen of agents that send no run spans. */
export function withoutRunsWords(names: readonly string[]): string {
  const them = names.length === 1 ? 'it' : 'them';
  return `No run spans arrive from ${namesInWords(names)}: request rate, error rate, latency and rules on runs cannot see ${them}.`;
}
