/** Whether this browser sounds when something fires; chosen in the bell's menu, off at first. */
const KEY = 'pitwall-alert-sound';

export function soundIsOn(): boolean {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
}

export function setSound(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing stays silent.
  }
}

/** Two short tones; nothing where the browser wants a click first. */
export function sound(): void {
  const context = new AudioContext();
  const at = context.currentTime;
  for (const [i, frequency] of [880, 660].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const begin = at + i * 0.18;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, begin);
    volume.gain.exponentialRampToValueAtTime(0.2, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.16);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.17);
  }
  setTimeout(() => void context.close(), 1000);
}
