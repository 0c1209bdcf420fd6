import { Database as Connection } from 'bun:sqlite'
import { systemErrorCode } from '../lib/errors.ts'
import type { SqlValue } from './database.ts'
import { sqlOn } from './sqlite.ts'

/** What a thread is asked. */
export interface ScanQuestion {
  path: string
  text: string
  parameters: SqlValue[]
}

/** What it answers. */
export type ScanAnswer = { rows: unknown[] } | { message: string; code: string | null }

declare const self: Worker

let reader: ReturnType<typeof sqlOn> | null = null

self.onmessage = async ({ data }: MessageEvent<ScanQuestion>) => {
  try {
    reader ??= sqlOn(connect(data.path))
    postAnswer({ rows: await reader.all(data.text, data.parameters) })
  } catch (error) {
    postAnswer({
      message: error instanceof Error ? error.message : String(error),
      code: systemErrorCode(error),
    })
  }
}

const postAnswer = (answer: ScanAnswer) => self.postMessage(answer)

/** This thread may sleep inside SQLite: nobody else waits for it. */
function connect(path: string): Connection {
  const connection = new Connection(path, { readonly: true })
  connection.run('pragma busy_timeout = 5000')
  connection.run('pragma query_only = on')
  connection.run('pragma cache_size = -16384')
  return connection
}
