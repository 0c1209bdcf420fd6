import { ButtonLink } from '../../ui/link.tsx'
import type { Import } from './import-page.tsx'

/** Whether a person may still say how an import is read, and there is a file to look at meanwhile. */
export function canCorrect({
  status,
  sha256,
  corrects,
}: Pick<Import, 'status' | 'sha256' | 'corrects'>): boolean {
  // Corrected rows are read as the list that they belong to.
  return (status === 'held' || status === 'failed') && sha256 !== null && corrects === null
}

/** The way to the columns of a list that was read wrongly. */
export function CorrectLink({ id }: { id: string }) {
  return (
    <ButtonLink icon="edit" href={`/imports/${id}/correct`}>
      Correct the columns
    </ButtonLink>
  )
}
