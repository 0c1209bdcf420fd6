/** The text that comes from a stream, until its end or so many bytes. */
export async function textOf(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of stream) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= bytesMax) break
  }
  return Buffer.concat(pieces).subarray(0, bytesMax).toString('utf8')
}

/** Standard input, as far as a secret is read from it. */
export interface SecretInput extends AsyncIterable<Uint8Array> {
  isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
}

/** Longest secret that is read, in bytes. */
const secretBytesMax = 4096

/**
 * A line that nobody looking on can read: on a terminal it is asked for and not shown; elsewhere it is the first line
 * of what comes.
 * @param write to the terminal
 */
export async function secretLine(
  input: SecretInput,
  write: (text: string) => unknown,
  prompt: string,
): Promise<string> {
  if (input.isTTY !== true || input.setRawMode === undefined)
    return (await textOf(input, secretBytesMax)).split(/\r?\n/)[0] ?? ''
  write(prompt)
  input.setRawMode(true)
  try {
    let typed = ''
    const decoder = new TextDecoder()
    for await (const piece of input)
      for (const key of decoder.decode(piece, { stream: true })) {
        if (key === '\r' || key === '\n' || key === endOfText) return typed
        // Nobody else gets it while the terminal is raw.
        if (key === interrupt) return ''
        if (key === '\b' || key === rubout) typed = [...typed].slice(0, -1).join('')
        else if (typed.length < secretBytesMax) typed += key
      }
    return typed
  } finally {
    input.setRawMode(false)
    write('\n')
  }
}

const interrupt = '\u0003'
const endOfText = '\u0004'
const rubout = '\u007f'
