/** The title of a page with the number of alerts that need somebody in front; none: the title alone. */
export function badgedTitle(title: string, count: number): string {
  const bare = title.replace(/^\(\d+\+?\) /, '');
  return count === 0 ? bare : `(${count > 99 ? '99+' : count}) ${bare}`;
}

/** Keeps the number in the title of the tab and on the icon of the installed product. Returns how to stop. */
export function keepBadge(count: number): () => void {
  const apply = () => {
    const wanted = badgedTitle(document.title, count);
    if (document.title !== wanted) document.title = wanted;
  };
  apply();
  if ('setAppBadge' in navigator)
    void (count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count)).catch(() => {});
  // Each page sets its own title.
  const watcher = new MutationObserver(apply);
  watcher.observe(document.head, { childList: true, subtree: true, characterData: true });
  return () => watcher.disconnect();
}
