import { addressOf } from '../../api/address.ts'
import { useDownload } from '../../api/use-download.ts'
import { Button } from '../../ui/button.tsx'

/** Saves the rejected rows of an import; the file is written while one waits. */
export function RejectsButton({ id }: { id: string }) {
  const { save, isBusy } = useDownload()
  return (
    <Button
      look="primary"
      icon="download"
      isBusy={isBusy}
      onClick={() => save(addressOf('/api/v1/imports/:id/rejects', { id }, {}))}
    >
      Download rejects
    </Button>
  )
}
