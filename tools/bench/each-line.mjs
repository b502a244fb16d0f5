/** Calls `receive` with every line of a stream of text; a long one costs no more than its length. */
export function eachLine(stream, receive) {
  /** Pieces of a line whose end has not come. */
  let rest = [];
  stream.setEncoding('utf8').on('data', (text) => {
    const lines = text.split('\n');
    while (lines.length > 1) {
      receive([...rest, lines.shift()].join(''));
      rest = [];
    }
    rest.push(lines[0]);
  });
}
