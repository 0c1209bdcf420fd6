/**
 * The lines of a byte stream as UTF-8 text, without their ends; a last one without an end too. A line that is longer
 * than the limit is cut there, and the rest of it left out.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, lengthMax: number): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of stream) {
    rest += decoder.decode(piece, { stream: true })
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield rest.slice(0, Math.min(end, lengthMax))
      rest = rest.slice(end + 1)
    }
    // One more than the limit is enough to know that it is too long.
    if (rest.length > lengthMax) rest = rest.slice(0, lengthMax + 1)
  }
  if (rest !== '') yield rest.slice(0, lengthMax)
}
