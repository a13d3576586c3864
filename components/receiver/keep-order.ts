import type { SenderView } from '#lib/model/receiver.ts';

/** Senders in the order they are shown in already, so that no row moves under the pointer; new ones come last. */
export function keepOrder(shown: readonly SenderView[], next: readonly SenderView[]): SenderView[] {
  const rest = new Map(next.map((sender) => [sender.sender, sender]));
  const kept: SenderView[] = [];
  for (const { sender } of shown) {
    const current = rest.get(sender);
    if (current) kept.push(current);
    rest.delete(sender);
  }
  return [...kept, ...rest.values()];
}
