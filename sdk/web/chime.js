// sdk/web/chime.js - two soft notes that call somebody back to this window. The browser makes them: nothing is loaded.

const kApart_s = 0.16;
const kLength_s = 0.5;
const kLoudness = 0.12;

/** @type {AudioContext | undefined} */
let audio;

/** Plays `notes` (in hertz) one after the other. Silent before the reader has pressed anything, as browsers want it. */
export function chime(notes = [659, 880]) {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const { currentTime, destination } = audio;
  void audio.resume();
  for (const [at, frequency] of notes.entries()) {
    const start = currentTime + 0.05 + at * kApart_s;
    const tone = new OscillatorNode(audio, { type: "sine", frequency });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(kLoudness, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + kLength_s);
    tone.connect(loudness).connect(destination);
    tone.start(start);
    tone.stop(start + kLength_s);
  }
}
