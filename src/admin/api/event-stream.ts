/** One server-sent event. */
export interface StreamEvent {
  /** The server's name for it; null: it gave none. */
  id: string | null
  name: string
  data: string
}

/**
 * Takes server-sent events out of a stream of text, cut anywhere.
 * @returns what takes the next piece and gives the events that it completes; comments give none
 */
export function eventParser(): (piece: string) => StreamEvent[] {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const fields = new Map<string, string>()
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':')
        if (colon <= 0) continue
        fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
      }
      const data = fields.get('data')
      if (data === undefined) return []
      return [{ id: fields.get('id') ?? null, name: fields.get('event') ?? 'message', data }]
    })
  }
}
