import { stripVTControlCharacters } from 'node:util';

/** Everything that a terminal would act on instead of showing it; line ends and tabs are handled apart. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from outside (models, commands, files) as it may be written to the terminal: without escape sequences, control
 * characters and marks that turn the direction of writing; tabs become blanks. Line ends stay.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text.replace(/\r\n/g, '\n')).replace(/\t/g, '    ').replace(CONTROLS, '');
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plain(text).replace(/\s*\n\s*/g, ' ');
}

/** Output of a command: a carriage return writes over what stands on its line. */
export function plainOutput(text: string): string {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  return plain(lines.map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1)).join('\n'));
}
