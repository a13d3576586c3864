/**
 * Tells of clicks on the element itself, beside what lies in it, that also began there: a drag out of a field ends
 * as a click on what holds both, and is none.
 *
 * @returns how to stop
 */
export function onClickBeside(element: EventTarget, act: () => void): () => void {
  let began = false;
  const onDown = (event: Event) => {
    began = event.target === element;
  };
  const onClick = (event: Event) => {
    if (began && event.target === element) act();
  };
  element.addEventListener('pointerdown', onDown);
  element.addEventListener('click', onClick);
  return () => {
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('click', onClick);
  };
}
