import type { Database } from '../../db/database.ts'
import { type Import, importStore } from '../../imports/store.ts'
import { InvalidError, NotFoundError } from '../../lib/errors.ts'
import type { CorrectedImport } from './corrected-tables.ts'

/** The import that a file of corrected rows names, with what the import of the file takes from it. */
export type Original = CorrectedImport &
  Pick<Import, 'supplierId' | 'sourceId' | 'fetchedAt' | 'sha256' | 'rowsSha256'>

/**
 * @param supplierId whose list the file was said to be; null: a supplier that is not known yet
 * @throws InvalidError `unknown_corrected_import`, `other_supplier`, `not_understood`
 */
export async function originalOf(
  db: Pick<Database, 'query' | 'tables'>,
  importId: string,
  supplierId: string | null,
): Promise<Original> {
  const found = await importStore(db)
    .get(importId)
    .catch((error) => {
      if (!(error instanceof NotFoundError)) throw error
      throw new InvalidError(
        'unknown_corrected_import',
        `The file says that it holds corrected rows of import ${importId}, and there is no such import; if they are a list of their own, take our two columns out.`,
      )
    })
  if (found.supplierId !== supplierId)
    throw new InvalidError(
      'other_supplier',
      `The file holds corrected rows of ${found.fileName} from ${found.supplier}; hand it in as ${found.supplier}'s.`,
    )
  if (found.decision === null) throw notUnderstood(found)
  return { ...found, decision: found.decision }
}

/** A list of which nothing was understood has no rows that could be given back. */
export function notUnderstood({ id, status }: Pick<Import, 'id' | 'status'>): InvalidError {
  return new InvalidError(
    'not_understood',
    `Import ${id} is ${status}, and nothing was found out about its rows; there is nothing to correct.`,
  )
}
