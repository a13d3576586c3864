/**
 * The beginning of a text, at most `max` UTF-16 code units and never half a character: half a surrogate pair is
 * no text, and a page that holds one differs from itself between the server and the browser.
 */
export function cutText(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** The first character as people count them, which an emoji is too; '' of nothing. */
function firstCharacter(text: string): string {
  const [first] = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
  return first?.segment ?? '';
}

/** What stands for a name where only two characters have room: those of its first and its last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : ''];
  return (firstCharacter(first) + firstCharacter(last)).toUpperCase() || '?';
}
