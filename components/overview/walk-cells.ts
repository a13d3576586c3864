/**
 * Keys and pointer of the fleet map, by delegation: a thousand cells carry no handlers of their own. One
 * cell is in the tab order; arrows walk in reading order and between lines by position.
 *
 * @param show told which agent is pointed at or focused, null when none is
 * @param open told which agent was chosen, unless the browser was asked for a new tab or window
 */
export function walkCells(
  root: HTMLElement,
  show: (agentId: string | null) => void,
  open: (agentId: string) => void,
): () => void {
  const cells = () => [...root.querySelectorAll<HTMLElement>('[data-cell]')];
  const cellOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;

  const enter = () => {
    const all = cells();
    if (!all.some((cell) => cell.tabIndex === 0)) all[0]?.setAttribute('tabindex', '0');
  };
  const onOver = (event: Event) => show(cellOf(event.target)?.dataset.cell ?? null);
  const onLeave = () => show(null);
  const onFocus = (event: FocusEvent) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    root.querySelector('[data-cell][tabindex="0"]')?.setAttribute('tabindex', '-1');
    cell.tabIndex = 0;
    show(cell.dataset.cell ?? null);
  };
  const onClick = (event: MouseEvent) => {
    const id = cellOf(event.target)?.dataset.cell;
    if (!id || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(id);
  };
  const onKey = (event: KeyboardEvent) => {
    const from = cellOf(event.target);
    const to = from && nextCell(from, cells(), event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  };

  enter();
  const observer = new MutationObserver(enter);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('pointerover', onOver);
  root.addEventListener('pointerleave', onLeave);
  root.addEventListener('focusin', onFocus);
  root.addEventListener('click', onClick);
  root.addEventListener('keydown', onKey);
  return () => {
    observer.disconnect();
    root.removeEventListener('pointerover', onOver);
    root.removeEventListener('pointerleave', onLeave);
    root.removeEventListener('focusin', onFocus);
    root.removeEventListener('click', onClick);
    root.removeEventListener('keydown', onKey);
  };
}

function nextCell(from: HTMLElement, all: HTMLElement[], key: string): HTMLElement | undefined {
  const at = all.indexOf(from);
  if (key === 'ArrowRight') return all[at + 1];
  if (key === 'ArrowLeft') return all[at - 1];
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return undefined;
  const here = from.getBoundingClientRect();
  const down = key === 'ArrowDown';
  const others = down ? all.slice(at + 1) : all.slice(0, at).reverse();
  const line = others.find((cell) => cell.getBoundingClientRect().top !== here.top);
  if (!line) return undefined;
  const top = line.getBoundingClientRect().top;
  return others
    .filter((cell) => cell.getBoundingClientRect().top === top)
    .reduce((best, cell) => (distance(cell, here) < distance(best, here) ? cell : best));
}

function distance(cell: HTMLElement, to: DOMRect): number {
  return Math.abs(cell.getBoundingClientRect().left - to.left);
}
