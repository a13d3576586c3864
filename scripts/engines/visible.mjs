/** Control characters (C0, DEL, C1) and the separators at which some readers break lines. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * Text for a terminal or a file of text: what could steer the one or forge a line of the other stands there as
 * `\u009b` (security U5). The twin of `lib/model/visible-text.ts` for what runs before anything is built.
 *
 * @param keep characters that stay as they are
 */
export function visible(text, keep = '') {
  return text.replaceAll(CONTROLS, (character) =>
    keep.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
