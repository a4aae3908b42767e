import { words } from '../../words/en';

/** Calls an agent who looks elsewhere: a sound, and a notification where the browser may show one. */
export class Alarm {
  #sound: AudioContext | undefined;

  /** Asked for by a button: browsers allow neither without. */
  async allow(): Promise<string> {
    this.#sound = new AudioContext();
    this.#beep();
    if (!('Notification' in window)) return 'Sound is on; this browser shows no notifications.';
    const answer = await Notification.requestPermission();
    return answer === 'granted'
      ? 'Sound and notifications are on.'
      : 'Sound is on; notifications are not allowed in this browser.';
  }

  ring(what: string) {
    this.#beep();
    if ('Notification' in window && Notification.permission === 'granted')
      new Notification(words.product, { body: what, tag: 'ringback-desk' });
  }

  #beep() {
    const sound = this.#sound;
    if (!sound) return;
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    loud.gain.setValueAtTime(0.2, sound.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.8);
    tone.frequency.value = 660;
    tone.connect(loud).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.8);
  }
}
