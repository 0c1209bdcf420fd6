import type { JobMessage } from '../analyzer/model.ts'
import type { Following, Reader, Task, TaskEnd } from './reader.ts'

/** What starts a process for one file: the analyzer's own pool. */
export interface Children {
  run(
    job: JobMessage,
    following: Following,
  ): Promise<
    { status: 'ended' } | { status: 'failed'; code: string; message: string } | { status: 'cancelled' }
  >
}

/** Reads without HTTP, in a process for each file: the fallback, and what a supplier may prefer. */
export function childReader(children: Children): Reader {
  return {
    kind: 'child',
    async read({ importId, lease, path, sha256 }: Task, following: Following): Promise<TaskEnd> {
      const { attempt, token } = lease
      const end = await children.run(
        { import_id: importId, attempt, lease_token: token, path, sha256 },
        following,
      )
      return end.status === 'ended' ? { status: 'done' } : end
    },
  }
}
